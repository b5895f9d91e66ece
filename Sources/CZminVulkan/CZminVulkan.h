// The Vulkan header without function prototypes, and the constants that shaders and host share. Functions are looked up
// at run time, so the program also starts on machines without Vulkan.
#ifndef CZMIN_VULKAN_H
#define CZMIN_VULKAN_H

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan.h>

// Swift does not import these macros.
static const uint32_t zmin_vulkan_headers = VK_HEADER_VERSION_COMPLETE;
static const uint32_t zmin_vulkan_api = VK_API_VERSION_1_2;

#include "../../Shaders/shared/contract.h"

#endif
