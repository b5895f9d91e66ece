// The Vulkan header without its functions, which are looked up at run time so that the program starts where Vulkan is
// not installed, and what shaders and host agree on.
#ifndef CZMIN_VULKAN_H
#define CZMIN_VULKAN_H

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan.h>

#include "../../Shaders/shared/contract.h"

#endif
