// SPDX-License-Identifier: Apache-2.0
//
// Lists of writable segments; see segments.c.

#ifndef ATOLL_SEGMENTS_H
#define ATOLL_SEGMENTS_H

#include "image.h"

struct atoll_segment_list {
    struct atoll_segment segment[ATOLL_IMAGE_SEGMENTS];
    const char *name[ATOLL_IMAGE_SEGMENTS];
    uint64_t file_end[ATOLL_IMAGE_SEGMENTS];
    uint64_t first, number;  // of loaded objects: the first to list; how many there are
    unsigned count;
    bool is_full;
};

/// Where this library is loaded.
HIDDEN uint64_t atoll_own_base(void);
/// Whether a library's data stay each rank's own.
HIDDEN bool atoll_is_of_the_process(const char *path, uint64_t base);
/// The shared segments of loaded objects, from the object of number `first` on.
HIDDEN void atoll_segments_find(struct atoll_segment_list *list, uint64_t first);
/// How many objects are loaded.
HIDDEN uint64_t atoll_segments_count(void);
/// The lowest address of an object that is loaded between these; 0: none is.
HIDDEN uint64_t atoll_segments_lowest(uint64_t from, uint64_t to);
/// Copies them into the image. NULL, or what is wrong.
HIDDEN const char *atoll_segments_copy(struct atoll_segment_list *list);
/// NULL where this rank's segments are what rank 0's were; else the name of the first that differs.
HIDDEN const char *atoll_segments_compare(const struct atoll_segment_list *mine,
                                          const struct atoll_segment *theirs, uint64_t count);
/// Maps the image's copies over this rank's own. 0 or -errno.
HIDDEN long atoll_segments_map(const struct atoll_segment *segment, uint64_t count);

#endif  // ATOLL_SEGMENTS_H
