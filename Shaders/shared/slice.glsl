// Declarations shared by all stages: workgroup size, push constants, words as sets of bits.
#extension GL_EXT_control_flow_attributes : require
#include "contract.h"

layout(local_size_x_id = ZMIN_SPECIALISE_THREADS) in;
layout(constant_id = ZMIN_SPECIALISE_THREADS) const uint THREADS = 64u;
layout(constant_id = ZMIN_SPECIALISE_NDJSON) const uint NDJSON = 0u;
layout(constant_id = ZMIN_SPECIALISE_CHECKS) const uint CHECKS = 1u;

layout(push_constant) uniform Slice { zmin_slice slice; };

const uint THREAD_BYTES = uint(ZMIN_THREAD_BYTES);
const uint THREAD_CHARACTERS = uint(ZMIN_THREAD_CHARACTERS);
const uint ALL_BITS = 0xffffffffu;

/// The lowest `count` bits, for any `count`.
uint firstBits(uint count) { return count >= 32u ? ALL_BITS : (1u << count) - 1u; }

/// True if the bit at `index` is set.
bool isSet(uint bits, uint index) { return (bits >> index & 1u) != 0u; }
