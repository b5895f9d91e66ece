extension Page {
  /// Colours by name, for light and dark pages. `c1` to `c7` follow the palette of Okabe and Ito (2008), which
  /// colour-blind people can tell apart, darker on white and lighter on black. Grey (`c0`) marks secondary parts.
  static let colours: [(name: String, light: String, dark: String)] = [
    ("ink", "#1b1f24", "#e8ebee"), ("soft", "#57606a", "#a5afba"), ("paper", "#ffffff", "#14171a"),
    ("card", "#f4f6f8", "#1e2327"), ("grid", "#d5dae0", "#363d44"), ("mark", "#b00020", "#ff7b86"),
    ("c0", "#7d8792", "#7d8893"), ("c1", "#0072b2", "#56b4e9"), ("c2", "#c25700", "#e69f00"),
    ("c3", "#00795a", "#2fc49b"),
    ("c4", "#a23b79", "#e08fc0"), ("c5", "#7f6d00", "#f0e442"), ("c6", "#4a3fa8", "#8f8cf0"),
    ("c7", "#3d3d3d", "#d4d7da"),
  ]

  private static func variables(isDark: Bool) -> String {
    colours.map { "--\($0.name):\(isDark ? $0.dark : $0.light)" }.joined(separator: ";")
  }

  static var style: String {
    """
    :root{color-scheme:light dark;\(variables(isDark: false))}
    @media screen and (prefers-color-scheme:dark){:root{\(variables(isDark: true))}}
    @media print{:root{color-scheme:light}}
    \(layout)
    """
  }

  private static let layout = """
    *{box-sizing:border-box}
    body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
    main{max-width:60rem;margin:auto;padding:1.5rem 1rem 3rem}
    h1{margin:0;font-size:1.7rem;letter-spacing:-.01em}h2{margin:2.25rem 0 .5rem;font-size:1.25rem}
    h3{margin:0;font-size:1.05rem}
    header{margin-bottom:1.5rem}
    header p,figcaption p,small,.absent,.note{color:var(--soft);margin:0;overflow-wrap:anywhere}
    li,p{overflow-wrap:anywhere}main>ul li{margin:.3rem 0}
    .note{font-size:.85rem}
    .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(10.5rem,1fr));gap:.75rem;margin:0}
    .cards div,figure{background:var(--card);border:1px solid var(--grid);border-radius:.6rem}
    .cards div{padding:.6rem .8rem}
    dt{color:var(--soft);font-size:.85rem}
    dd{margin:0;font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums}
    dd small{display:block;font-size:.8rem;font-weight:400;line-height:1.35}
    figure{margin:1.25rem 0;padding:1rem 1.1rem}
    svg{display:block;width:100%;height:auto;margin:.6rem 0;font:12px system-ui,sans-serif;border-radius:.25rem}
    svg.narrow{display:none}
    svg:focus-visible,summary:focus-visible,.wide:focus-visible{outline:3px solid var(--c1);outline-offset:2px}
    text{fill:var(--soft);stroke:var(--card);stroke-width:3px;stroke-linejoin:round;paint-order:stroke}
    text.end{text-anchor:end}text.middle{text-anchor:middle}text.strong{fill:var(--ink)}
    text.inside{fill:var(--paper);stroke:none;font-size:11px}
    .grid{stroke:var(--grid);stroke-width:1}
    .c0{--is:var(--c0)}.c1{--is:var(--c1)}.c2{--is:var(--c2)}.c3{--is:var(--c3)}
    .c4{--is:var(--c4)}.c5{--is:var(--c5)}.c6{--is:var(--c6)}.c7{--is:var(--c7)}
    .s0{--is:var(--grid)}.s1{--is:var(--c3)}.s2{--is:var(--c1)}.s3{--is:var(--c5)}.s4{--is:var(--c4)}
    .area{fill:var(--is);stroke:var(--card);stroke-width:1}.bar{fill:var(--is)}.pale{opacity:.55}
    .sign{fill:var(--is);stroke:var(--card);stroke-width:1}
    rect.s0,rect.s1,rect.s2,rect.s3,rect.s4{fill:var(--is)}
    .line{fill:none;stroke:var(--is);stroke-width:2;stroke-linejoin:round}
    .l0{--is:var(--ink);stroke-dasharray:6 3}.l1{--is:var(--ink)}.l2{--is:var(--mark);stroke-dasharray:2 3}
    .halo{fill:none;stroke:var(--card);stroke-width:5}
    .limit{stroke:var(--mark);stroke-width:3}.range{stroke:var(--ink);stroke-width:1.5}
    path.mark{stroke:var(--mark);stroke-dasharray:3 3}circle.mark{fill:var(--mark);stroke:var(--card)}
    .band{fill:var(--c3)}
    .hit{fill:transparent;cursor:crosshair}.hit.on,.hit:hover{fill:var(--ink);fill-opacity:.16}
    .legend{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;margin:.6rem 0 0;padding:0;font-size:.85rem}
    .legend i{display:inline-block;width:.85em;height:.85em;margin-right:.4em;border-radius:2px;
    vertical-align:-.08em;background:var(--is)}
    .legend i.key-line{width:1.7em;height:0;border-top:2px solid var(--is);border-radius:0;vertical-align:.25em}
    .legend i.l0{border-top-style:dashed}.legend i.l2{border-top-style:dotted}
    .legend i.limit{--is:var(--mark)}.legend i.range{--is:var(--ink)}
    output{display:block;min-height:1.6em;font-size:.9rem;color:var(--soft);font-variant-numeric:tabular-nums;
    overflow-wrap:anywhere}
    summary{cursor:pointer;color:var(--soft);font-size:.9rem}
    .wide{overflow:auto}figure details .wide{max-height:24rem}
    .fold{border-bottom:1px solid var(--grid);margin:.4rem 0}.fold>summary{padding:.35rem 0}
    .fold h2{display:inline;margin:0;font-size:1.1rem;color:var(--ink)}
    table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
    th,td{padding:.2rem .7rem;text-align:right;border-bottom:1px solid var(--grid);white-space:nowrap}
    th{color:var(--soft);font-weight:600}
    th:first-child,td:first-child{text-align:left;padding-left:0}
    .facts td{text-align:left;white-space:normal;overflow-wrap:anywhere}
    .facts td:first-child{color:var(--soft);overflow-wrap:normal}
    @media (max-width:560px){main{padding:1rem .75rem 2rem}figure{padding:.8rem .7rem}svg.broad{display:none}
    svg.narrow{display:block}\
    h1{font-size:1.4rem}output{min-height:4.8em}.cards{grid-template-columns:1fr 1fr}}
    @media print{figure details,output{display:none}figure,.cards div{break-inside:avoid}svg.narrow{display:none}
    svg.broad{display:block}}
    """

  static let script = """
    "use strict";
    addEventListener("beforeprint", () => {
      for (const fold of document.querySelectorAll("details.fold")) fold.open = true;
    });
    for (const drawing of document.querySelectorAll("figure svg")) {
      const readout = drawing.closest("figure").querySelector("output");
      const hits = Array.from(drawing.querySelectorAll(".hit"));
      let at = -1;
      const show = (index) => {
        if (hits.length === 0) return;
        hits[at]?.classList.remove("on");
        at = Math.max(0, Math.min(hits.length - 1, index));
        hits[at].classList.add("on");
        readout.textContent = hits[at].textContent;
      };
      const steps = {
        ArrowRight: () => at + 1, ArrowDown: () => at + 1, ArrowLeft: () => at - 1, ArrowUp: () => at - 1,
        PageDown: () => at + 10, PageUp: () => at - 10, Home: () => 0, End: () => hits.length,
      };
      hits.forEach((hit, index) => {
        hit.addEventListener("pointerenter", () => show(index));
        hit.addEventListener("click", () => show(index));
      });
      drawing.addEventListener("keydown", (event) => {
        if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey) return;
        event.preventDefault();
        show(steps[event.key]());
      });
      drawing.addEventListener("blur", () => hits[at]?.classList.remove("on"));
    }
    """
}
