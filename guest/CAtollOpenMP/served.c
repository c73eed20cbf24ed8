// SPDX-License-Identifier: Apache-2.0
//
// What a name that we do not serve does. It must not reach another runtime: that one knows nothing
// of our threads.

#include <stddef.h>

#include "atoll_image.h"

_Noreturn void atoll_not_served(const char *name)
{
	char sentence[256];
	static const char after[] = " is not served";
	size_t length = 0;

	while (*name && length < sizeof(sentence) - sizeof(after))
		sentence[length++] = *name++;
	for (size_t i = 0; i < sizeof(after); i++)
		sentence[length++] = after[i];
	atoll_image_fail(126, sentence);
}
