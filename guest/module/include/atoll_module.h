/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What /dev/atoll0, /dev/atoll1, ... answer: one node for each PCI function 1af4:1110.
 *
 * mmap()   offset 0 of BAR 2, MAP_SHARED, at most `bytes`
 * read()   `vectors` counts of 32 bits; at least that many bytes must be asked for
 * poll()   readable when a count has changed since this file last read()
 *
 * A count is of the interrupts that its vector has brought since the module took the device. It
 * wraps.
 */
#ifndef ATOLL_MODULE_H
#define ATOLL_MODULE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define ATOLL_MODULE_ABI 1

/* Without a doorbell a device does not say which VM it is in. */
#define ATOLL_MODULE_NO_PEER 0xffffffffU

/*
 * How the module maps BAR 2. Cached: locked operations cost what they cost in the VM's own
 * memory.
 */
#define ATOLL_MODULE_MAPPING_WRITE_BACK 1
/* What sysfs would give: a region below 2 MiB, where x86's kernel lets nobody cache it. */
#define ATOLL_MODULE_MAPPING_WRITE_COMBINING 2

/* A wait without an end. */
#define ATOLL_MODULE_FOR_EVER 0xffffffffffffffffULL

struct atoll_module_info {
	__u32 abi;		/* ATOLL_MODULE_ABI */
	__u32 peer;		/* this VM's id on the doorbell: its slot; or NO_PEER */
	__u64 bytes;		/* of BAR 2 */
	__u32 vectors;		/* interrupts it can get; 0: a plain device */
	__u32 mapping;		/* ATOLL_MODULE_MAPPING_... */
	__u32 largest_page;	/* bytes of the largest page-table entry that it maps with */
	__u32 pad;
};

/* Rings vector `vector` of the peer `peer`. A peer or vector that is not there: nothing happens. */
struct atoll_module_ring {
	__u32 peer;		/* 0 to 65535 */
	__u32 vector;		/* 0 to 255 */
};

/*
 * Sleeps until the count of `vector` differs from `seen`. Returns 0 at once where it does
 * already: read the count, look at memory, then wait, and nothing is lost. To read the count: a
 * timeout of 0, whatever comes back.
 */
struct atoll_module_wait {
	__u32 vector;
	__u32 seen;		/* in: the count that the caller has seen; out: the count now */
	__u64 timeout;		/* nanoseconds; ATOLL_MODULE_FOR_EVER */
};

/* ENODEV: the device is gone. */
#define ATOLL_MODULE_INFO _IOR('V', 1, struct atoll_module_info)
/* EINVAL: no such peer or vector can be; ENODEV; EOPNOTSUPP: no doorbell. */
#define ATOLL_MODULE_RING _IOW('V', 2, struct atoll_module_ring)
/*
 * ETIMEDOUT, and `seen` is the count; EINTR; EINVAL: no such vector; ENODEV; EOPNOTSUPP: no
 * doorbell.
 */
#define ATOLL_MODULE_WAIT _IOWR('V', 3, struct atoll_module_wait)

#endif /* ATOLL_MODULE_H */
