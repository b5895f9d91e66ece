// The Vulkan header without its functions, which are looked up at run time so that the program starts where Vulkan is
// not installed, and what shaders and host agree on.
#ifndef CZMIN_VULKAN_H
#define CZMIN_VULKAN_H

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan.h>

// Macros that Swift does not see.
static const uint32_t zmin_vulkan_headers = VK_HEADER_VERSION_COMPLETE;
static const uint32_t zmin_vulkan_api = VK_API_VERSION_1_2;

#include "../../Shaders/shared/contract.h"

#endif
