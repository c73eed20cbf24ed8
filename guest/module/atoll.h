/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the module know of one another.
 *
 * A device may go while files are open and memory is mapped. `gate` is held for reading by
 * whoever touches the device, and for writing by whoever takes it away; what comes later finds
 * `gone`. The rest of struct atoll lives as long as a file is open.
 */
#ifndef ATOLL_H
#define ATOLL_H

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/pci.h>
#include <linux/poll.h>
#include <linux/rwsem.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "atoll_module.h"

struct dev_pagemap;

/* Registers in BAR 0 */
#define ATOLL_POSITION 8		/* this VM's id on the doorbell */
#define ATOLL_DOORBELL 12		/* peer << 16 | vector */

struct atoll_vector {
	struct atoll *atoll;
	wait_queue_head_t queue;
	atomic_t count;			/* of interrupts; wraps */
	int irq;
	char name[32];
	/* Written by the interrupt's handler, and by `rest` while that cannot run. */
	unsigned long since;		/* jiffies: when the window began in which `burst` came */
	unsigned int burst;
	struct delayed_work rest;	/* ends the silence after a burst */
};

struct atoll {
	struct kref references;
	struct miscdevice misc;
	struct pci_dev *pdev;
	int number;			/* of /dev/atollN */
	char name[16];

	struct rw_semaphore gate;
	bool gone;			/* written under `gate`; sleepers read it without */

	void __iomem *registers;	/* BAR 0 */
	bool doorbell;
	u32 peer;

	phys_addr_t start;		/* BAR 2 */
	u64 bytes;
	struct inode *inode;		/* the mapping that all files share */
	struct dev_pagemap *pages;	/* NULL: there are no struct pages */
	int idle_references;		/* to a page that nobody uses */
	void *mapped;			/* where there are no struct pages */
	u32 mapping;			/* ATOLL_MODULE_MAPPING_... */
	unsigned long largest_page;

	unsigned int vectors;
	struct atoll_vector vector[];
};

/* What a file's private_data points to. */
struct atoll_file {
	struct atoll *atoll;
	u32 seen[];			/* counts at the last read() */
};

static inline struct atoll *atoll_of(struct file *file)
{
	return ((struct atoll_file *)file->private_data)->atoll;
}

void atoll_get(struct atoll *atoll);
void atoll_put(struct atoll *atoll);

extern const struct file_operations atoll_file_operations;
extern const struct attribute_group *atoll_groups[];

int atoll_map_start(struct atoll *atoll);
void atoll_map_stop(struct atoll *atoll);
void atoll_map_free(struct atoll *atoll);
int atoll_mmap(struct file *file, struct vm_area_struct *vma);

void atoll_unmap(struct atoll *atoll);

/* Struct pages of BAR 2. An error: it has none. */
int atoll_pages_start(struct atoll *atoll);
void atoll_pages_stop(struct atoll *atoll);

int atoll_events_start(struct atoll *atoll, unsigned int most);
void atoll_events_stop(struct atoll *atoll);
int atoll_event_wait(struct atoll_vector *vector, u32 seen, u64 timeout);

static inline u32 atoll_count(struct atoll_vector *vector)
{
	return (u32)atomic_read(&vector->count);
}

#endif /* ATOLL_H */
