#version 450
// Stage 3: packs the kept bytes and the skeleton, and checks all rules about single bytes. The skeleton is what stands
// outside strings: punctuation, scalars, one quote per string, whitespace only where it ends a scalar, and in ndjson
// the kept LFs.
//
//   text          { " k e y " :   1 . 5 e 3 , " k 2 " : t r u e }
//   skeleton      { " : 1 . 5 e 3 , " : t r u e }
#extension GL_GOOGLE_include_directive : require
#include "shared/slice.glsl"
#include "shared/planes.glsl"
#include "shared/strings.glsl"
#include "shared/maps.glsl"
#include "shared/scan.glsl"
#include "shared/assemble.glsl"
#include "shared/text.glsl"

layout(std430, binding = ZMIN_BINDING_KEPT) buffer Kept { uint words[]; } kept;
layout(std430, binding = ZMIN_BINDING_SKELETON) buffer Skeleton { uint words[]; } skeleton;
layout(std430, binding = ZMIN_BINDING_STARTS) readonly buffer Starts { uvec4 tiles[]; } starts;
layout(std430, binding = ZMIN_BINDING_THREAD_MAPS) readonly buffer ThreadMaps { uint maps[]; } threadMaps;
layout(std430, binding = ZMIN_BINDING_RESULT) buffer Result { zmin_slice_result result; };

uint checkBytes(Bytes bytes, Classes classes, Scan found, uint base) {
  NAME_PLANES(bytes.planes)
  uint flags = 0u;
  if ((~(p7 | p6 | p5) & found.strings & bytes.valid) != 0u) flags |= uint(ZMIN_FLAG_CONTROL);
  if ((((p7 & bytes.valid) | classes.backslash) & ~found.strings) != 0u) flags |= uint(ZMIN_FLAG_OUTSIDE);
  if (found.escaped != 0u) flags |= checkEscapes(bytes, base, found.escaped);
  if ((p7 & bytes.valid) != 0u || (bytes.before & 0x80808000u) != 0u) flags |= checkUTF8(bytes, base);
  return flags;
}

void main() {
  uint thread = gl_LocalInvocationIndex, tile = gl_WorkGroupID.x;
  uint base = (tile * THREADS + thread) * THREAD_BYTES;
  Bytes bytes = loadBytes(base);
  Classes classes = classify(bytes);
  uvec4 tileStart = starts.tiles[tile];
  uint state = stateAfter(threadMaps.maps[tile * THREADS + thread], tileStart.x);
  Scan found = scan(bytes, classes, state, isScalar(bytes.before >> 24));
  uint count = uint(bitCount(found.kept));
  if (CHECKS != 0u) {
    count |= uint(bitCount(found.skeleton)) << 16;
    uint flags = checkBytes(bytes, classes, found, base);
    if (flags != 0u) atomicOr(result.flags, flags);
  }
  clearAssembled(thread, THREADS * THREAD_WORDS + 2u);
  uint total, before = sumBefore(thread, count, total);  // its barriers also separate clearing from assembling
  assemble(bytes.words, found.kept, (before & 0xffffu) + (tileStart.y & 3u));
  barrier();
  STORE_ASSEMBLED(kept, thread, tileStart.y, total & 0xffffu)
  if (CHECKS == 0u) return;
  barrier();
  clearAssembled(thread, ((total >> 16) + (tileStart.z & 3u) + 3u) >> 2);
  barrier();
  assemble(bytes.words, found.skeleton, (before >> 16) + (tileStart.z & 3u));
  barrier();
  STORE_ASSEMBLED(skeleton, thread, tileStart.z, total >> 16)
}
