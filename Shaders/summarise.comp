#version 450
// Stage 1: the effect of each tile from each state that it may start in: a map of states, and the numbers of kept bytes
// and skeleton characters. A workgroup has one tile, a thread 32 bytes of it.
#extension GL_GOOGLE_include_directive : require
#include "shared/slice.glsl"
#include "shared/planes.glsl"
#include "shared/strings.glsl"
#include "shared/maps.glsl"
#include "shared/scan.glsl"

layout(std430, binding = ZMIN_BINDING_TILES) writeonly buffer Tiles { uint words[]; } tiles;
layout(std430, binding = ZMIN_BINDING_THREAD_MAPS) writeonly buffer ThreadMaps { uint maps[]; } threadMaps;

shared uvec4 counts[THREADS + SEGMENTS];

void main() {
  uint thread = gl_LocalInvocationIndex, tile = gl_WorkGroupID.x;
  Bytes bytes = loadBytes((tile * THREADS + thread) * THREAD_BYTES);
  Classes classes = classify(bytes);
  bool afterScalar = isScalar(bytes.before >> 24);
  uint map = 0u;
  // Kept bytes in the lower half, skeleton characters in the upper.
  uvec4 fromState = uvec4(0u);
  [[unroll]] for (uint state = 0u; state < STATES; state++) {
    Scan found = scan(bytes, classes, state, afterScalar);
    map |= found.end << (2u * state);
    fromState[state] = uint(bitCount(found.kept)) | uint(bitCount(found.skeleton)) << 16;
  }
  uint tileMap, before = mapBefore(thread, map, tileMap);
  threadMaps.maps[tile * THREADS + thread] = before;

  // This thread's counts for each start state of the tile.
  uvec4 count = uvec4(0u);
  [[unroll]] for (uint state = 0u; state < STATES; state++) {
    count[state] = fromState[stateAfter(before, state)];
  }
  counts[paddedIndex(thread)] = count;
  barrier();
  if (thread < SEGMENTS) {
    uvec4 sum = uvec4(0u);
    uint first = paddedIndex(thread * SEGMENT_THREADS);
    for (uint i = first; i < first + SEGMENT_THREADS; i++) sum += counts[i];
    counts[first] = sum;
  }
  barrier();
  if (thread < uint(ZMIN_STATE_COUNT)) {
    uint sum = 0u;
    for (uint i = 0u; i < SEGMENTS; i++) sum += counts[paddedIndex(i * SEGMENT_THREADS)][thread];
    tiles.words[tile * uint(ZMIN_TILE_WORDS) + 1u + thread] = sum;
  }
  if (thread == 0u) tiles.words[tile * uint(ZMIN_TILE_WORDS)] = tileMap;
}
