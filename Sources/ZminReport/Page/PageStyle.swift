extension Page {
  /// The palette is that of Okabe and Ito (2008), which colour-blind people tell apart, darker on white and lighter on
  /// black.
  static let style = """
    :root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#ffffff;--card:#f4f6f8;--grid:#d5dae0;\
    --c0:#8a94a0;--c1:#0072b2;--c2:#b85c00;--c3:#00795a;--c4:#a23b79;--c5:#7a6a00;--c6:#3a7fb8;--c7:#5b5b5b;--mark:#b00020}
    @media (prefers-color-scheme:dark){:root{--ink:#e8ebee;--soft:#a5afba;--paper:#14171a;--card:#1e2327;--grid:#363d44;\
    --c0:#77828d;--c1:#56b4e9;--c2:#e69f00;--c3:#2fc49b;--c4:#e08fc0;--c5:#f0e442;--c6:#8fc7ee;--c7:#b9b9b9;--mark:#ff7b86}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
    main{max-width:60rem;margin:auto;padding:1rem}
    h1{margin:0;font-size:1.6rem}h2{margin:2rem 0 .5rem;font-size:1.25rem}h3{margin:0;font-size:1.05rem}
    header p,figcaption p,small,.absent{color:var(--soft);margin:0;overflow-wrap:anywhere}
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(11.5rem,1fr));gap:.75rem}
    .cards div{background:var(--card);border-radius:.5rem;padding:.6rem .8rem}
    dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-size:1.3rem;font-variant-numeric:tabular-nums}
    dd small{display:block;font-size:.8rem;overflow-wrap:break-word}
    figure{margin:1.5rem 0;padding:1rem;background:var(--card);border-radius:.5rem}
    svg{display:block;width:100%;height:auto;margin:.5rem 0;font:11px system-ui,sans-serif}
    svg:focus-visible,summary:focus-visible{outline:3px solid var(--c1);outline-offset:2px}
    text{fill:var(--soft)}text.end{text-anchor:end}text.middle{text-anchor:middle}
    .grid{stroke:var(--grid);stroke-width:1}
    .line{fill:none!important;stroke-width:2}line.limit{stroke:var(--mark);stroke-width:3}
    .l0{stroke:var(--ink);stroke-dasharray:5 3}.l1{stroke:var(--c4)}
    line.mark{stroke:var(--mark);stroke-dasharray:3 3}circle.mark{fill:var(--mark)}
    .band{fill:var(--c3)}
    .c0,.s0{fill:var(--c0);stroke:var(--c0);background:var(--c0)}.c1,.s2{fill:var(--c1);stroke:var(--c1);background:var(--c1)}
    .c2,.s4{fill:var(--c2);stroke:var(--c2);background:var(--c2)}.c3,.s1{fill:var(--c3);stroke:var(--c3);background:var(--c3)}
    .c4,.s3{fill:var(--c4);stroke:var(--c4);background:var(--c4)}.c5{fill:var(--c5);stroke:var(--c5);background:var(--c5)}
    .c6{fill:var(--c6);stroke:var(--c6);background:var(--c6)}.c7{fill:var(--c7);stroke:var(--c7);background:var(--c7)}
    rect,polygon{stroke:none!important}rect.s0{fill:var(--grid)}i.s0{background:var(--grid)}
    .hit{fill:transparent}.hit.on,.hit:hover{fill:var(--ink);fill-opacity:.18}
    .legend{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;margin:.5rem 0 0;padding:0;font-size:.85rem}
    .legend i{display:inline-block;width:.9em;height:.9em;margin-right:.4em;border-radius:2px;vertical-align:-.1em}
    .legend i.key-line{height:0;border-top:3px dashed var(--ink);vertical-align:.2em}.legend i.limit{border-top:3px solid var(--mark)}
    .legend i.l1{border-top:3px solid var(--c4)}
    output{display:block;min-height:3em;font-size:.9rem;font-variant-numeric:tabular-nums}
    .wide{overflow-x:auto;max-height:24rem}
    table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
    th,td{padding:.15rem .6rem;text-align:right;border-bottom:1px solid var(--grid);white-space:nowrap}
    th:first-child,td:first-child{text-align:left}
    @media print{details,output{display:none}figure{break-inside:avoid}}
    """

  static let script = """
    "use strict";
    for (const figure of document.querySelectorAll("figure.plot")) {
      const drawing = figure.querySelector("svg");
      const said = figure.querySelector("output");
      const hits = Array.from(figure.querySelectorAll(".hit"));
      let at = -1;
      const show = (index) => {
        if (hits.length === 0) return;
        if (at >= 0) hits[at].classList.remove("on");
        at = Math.max(0, Math.min(hits.length - 1, index));
        hits[at].classList.add("on");
        said.textContent = hits[at].dataset.value;
      };
      hits.forEach((hit, index) => hit.addEventListener("pointerenter", () => show(index)));
      hits.forEach((hit, index) => hit.addEventListener("click", () => show(index)));
      drawing.addEventListener("keydown", (event) => {
        const steps = {ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: hits.length};
        if (!(event.key in steps)) return;
        event.preventDefault();
        show(steps[event.key]);
      });
    }
    """
}
