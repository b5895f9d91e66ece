#version 450
// Stage 2: the start of each tile, as its state and the offsets of its output. One workgroup handles all tiles.
//
//   tile              0          1          2
//   map               m0         m1         m2
//   state             s          m0(s)      m1(m0(s))
//   kept offset       0          k0         k0 + k1          counts depend on the states
#extension GL_GOOGLE_include_directive : require
#include "shared/slice.glsl"
#include "shared/maps.glsl"
#include "shared/scan.glsl"

layout(std430, binding = ZMIN_BINDING_KEPT) writeonly buffer Kept { uint words[]; } kept;
layout(std430, binding = ZMIN_BINDING_SKELETON) writeonly buffer Skeleton { uint words[]; } skeleton;
layout(std430, binding = ZMIN_BINDING_TILES) readonly buffer Tiles { uint words[]; } tiles;
layout(std430, binding = ZMIN_BINDING_STARTS) writeonly buffer Starts { uvec4 tiles[]; } starts;
layout(std430, binding = ZMIN_BINDING_RESULT) writeonly buffer Result { zmin_slice_result result; };

uint tileMap(uint tile) { return tiles.words[tile * uint(ZMIN_TILE_WORDS)]; }

/// The counts of a tile from a start state: kept bytes in the lower half, skeleton characters in the upper.
uint tileCounts(uint tile, uint state) { return tiles.words[tile * uint(ZMIN_TILE_WORDS) + 1u + state]; }

/// Clears the word that two tiles share. Both add their bytes to it.
void clearShared(uint keptOffset, uint skeletonOffset) {
  if ((keptOffset & 3u) != 0u) kept.words[keptOffset >> 2] = 0u;
  if ((skeletonOffset & 3u) != 0u) skeleton.words[skeletonOffset >> 2] = 0u;
}

void main() {
  uint thread = gl_LocalInvocationIndex;
  uint share = (slice.tile_count + THREADS - 1u) / THREADS;
  uint first = min(thread * share, slice.tile_count), last = min(first + share, slice.tile_count);

  uint map = IDENTITY;
  for (uint tile = first; tile < last; tile++) map = composed(map, tileMap(tile));
  uint totalMap, before = mapBefore(thread, map, totalMap);
  uint firstState = stateAfter(before, slice.start_state);

  uint state = firstState, keptCount = 0u, skeletonCount = 0u;
  for (uint tile = first; tile < last; tile++) {
    uint counts = tileCounts(tile, state);
    keptCount += counts & 0xffffu;
    skeletonCount += counts >> 16;
    state = stateAfter(tileMap(tile), state);
  }
  uint keptTotal, keptOffset = sumBefore(thread, keptCount, keptTotal);
  uint skeletonTotal, skeletonOffset = sumBefore(thread, skeletonCount, skeletonTotal);

  state = firstState;
  for (uint tile = first; tile < last; tile++) {
    uint counts = tileCounts(tile, state);
    starts.tiles[tile] = uvec4(state, keptOffset, skeletonOffset, 0u);
    clearShared(keptOffset, skeletonOffset);
    keptOffset += counts & 0xffffu;
    skeletonOffset += counts >> 16;
    state = stateAfter(tileMap(tile), state);
  }
  if (thread == 0u) {
    clearShared(keptTotal, skeletonTotal);
    result.end_state = stateAfter(totalMap, slice.start_state);
    result.kept_bytes = keptTotal;
    result.skeleton_bytes = skeletonTotal;
    result.flags = 0u;
    result.element_words = 0u;
    result.last_characters = slice.history;
    // Elements are emitted two characters late, so two more characters are checked.
    uint groupCharacters = THREADS * THREAD_CHARACTERS;
    result.check_groups[0] = (skeletonTotal + 2u + groupCharacters - 1u) / groupCharacters;
    result.check_groups[1] = 1u;
    result.check_groups[2] = 1u;
  }
}
