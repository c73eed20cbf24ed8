// SPDX-License-Identifier: GPL-2.0
/* The calls on /dev/atollN, and the attributes in /sys/class/misc/atollN. */
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "atoll.h"

static int atoll_open(struct inode *inode, struct file *file)
{
	struct atoll *atoll = container_of(file->private_data, struct atoll, misc);
	struct atoll_file *opened;
	unsigned int i;

	opened = kvzalloc(struct_size(opened, seen, atoll->vectors), GFP_KERNEL);
	if (!opened)
		return -ENOMEM;
	/* A misc device is not unregistered while it is being opened. */
	atoll_get(atoll);
	opened->atoll = atoll;
	for (i = 0; i < atoll->vectors; i++)
		opened->seen[i] = atoll_count(&atoll->vector[i]);
	file->private_data = opened;
	file->f_mapping = atoll->inode->i_mapping;
	return nonseekable_open(inode, file);
}

static int atoll_release(struct inode *inode, struct file *file)
{
	struct atoll_file *opened = file->private_data;
	struct atoll *atoll = opened->atoll;

	kvfree(opened);
	atoll_put(atoll);
	return 0;
}

static ssize_t atoll_read(struct file *file, char __user *to, size_t bytes, loff_t *position)
{
	struct atoll_file *opened = file->private_data;
	struct atoll *atoll = opened->atoll;
	unsigned int i;

	if (!atoll->vectors)
		return -EOPNOTSUPP;
	if (READ_ONCE(atoll->gone))
		return -ENODEV;
	if (bytes < atoll->vectors * sizeof(u32))
		return -EINVAL;
	for (i = 0; i < atoll->vectors; i++) {
		u32 count = atoll_count(&atoll->vector[i]);

		if (put_user(count, (u32 __user *)to + i))
			return -EFAULT;
		WRITE_ONCE(opened->seen[i], count);
	}
	return atoll->vectors * sizeof(u32);
}

static __poll_t atoll_poll(struct file *file, poll_table *table)
{
	struct atoll_file *opened = file->private_data;
	struct atoll *atoll = opened->atoll;
	__poll_t ready = 0;
	unsigned int i;

	for (i = 0; i < atoll->vectors; i++)
		poll_wait(file, &atoll->vector[i].queue, table);
	for (i = 0; i < atoll->vectors; i++)
		if (atoll_count(&atoll->vector[i]) != READ_ONCE(opened->seen[i]))
			ready |= EPOLLIN | EPOLLRDNORM;
	if (READ_ONCE(atoll->gone))
		ready |= EPOLLERR | EPOLLHUP;
	return ready;
}

static long atoll_info(struct atoll *atoll, void __user *to)
{
	struct atoll_module_info info = {
		.abi = ATOLL_MODULE_ABI,
		.peer = atoll->peer,
		.bytes = atoll->bytes,
		.vectors = atoll->vectors,
		.mapping = atoll->mapping,
		.largest_page = atoll->largest_page,
	};

	if (READ_ONCE(atoll->gone))
		return -ENODEV;
	return copy_to_user(to, &info, sizeof(info)) ? -EFAULT : 0;
}

static long atoll_ring(struct atoll *atoll, void __user *from)
{
	struct atoll_module_ring ring;
	long result = -ENODEV;

	if (!atoll->doorbell)
		return -EOPNOTSUPP;
	if (copy_from_user(&ring, from, sizeof(ring)))
		return -EFAULT;
	if (ring.peer > U16_MAX || ring.vector > U8_MAX)
		return -EINVAL;
	down_read(&atoll->gate);
	if (!atoll->gone) {
		/*
		 * What was written to the region before is seen by who is rung: iowrite32() comes
		 * after it.
		 */
		iowrite32(ring.peer << 16 | ring.vector, atoll->registers + ATOLL_DOORBELL);
		result = 0;
	}
	up_read(&atoll->gate);
	return result;
}

static long atoll_wait(struct atoll *atoll, struct atoll_module_wait __user *argument)
{
	struct atoll_module_wait wait;
	struct atoll_vector *vector;
	long result;

	if (!atoll->vectors)
		return -EOPNOTSUPP;
	if (copy_from_user(&wait, argument, sizeof(wait)))
		return -EFAULT;
	if (wait.vector >= atoll->vectors)
		return -EINVAL;
	vector = &atoll->vector[array_index_nospec(wait.vector, atoll->vectors)];
	result = atoll_event_wait(vector, wait.seen, wait.timeout);
	if (result && result != -ETIMEDOUT)
		return result;
	return put_user(atoll_count(vector), &argument->seen) ? -EFAULT : result;
}

static long atoll_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct atoll *atoll = atoll_of(file);
	void __user *pointer = (void __user *)argument;

	switch (command) {
	case ATOLL_MODULE_INFO:
		return atoll_info(atoll, pointer);
	case ATOLL_MODULE_RING:
		/* Who may only look may not wake others either. */
		return file->f_mode & FMODE_WRITE ? atoll_ring(atoll, pointer) : -EBADF;
	case ATOLL_MODULE_WAIT:
		return atoll_wait(atoll, pointer);
	default:
		return -ENOTTY;
	}
}

const struct file_operations atoll_file_operations = {
	.owner = THIS_MODULE,
	.open = atoll_open,
	.release = atoll_release,
	.read = atoll_read,
	.poll = atoll_poll,
	.unlocked_ioctl = atoll_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = atoll_mmap,
	.get_unmapped_area = thp_get_unmapped_area,
};

static struct atoll *atoll_of_device(struct device *dev)
{
	return container_of(dev_get_drvdata(dev), struct atoll, misc);
}

static ssize_t slot_show(struct device *dev, struct device_attribute *attr, char *to)
{
	struct atoll *atoll = atoll_of_device(dev);

	return atoll->doorbell ? sysfs_emit(to, "%u\n", atoll->peer) : sysfs_emit(to, "none\n");
}
static DEVICE_ATTR_RO(slot);

static ssize_t vectors_show(struct device *dev, struct device_attribute *attr, char *to)
{
	return sysfs_emit(to, "%u\n", atoll_of_device(dev)->vectors);
}
static DEVICE_ATTR_RO(vectors);

static ssize_t interrupts_show(struct device *dev, struct device_attribute *attr, char *to)
{
	struct atoll *atoll = atoll_of_device(dev);
	unsigned int i;
	int at = 0;

	for (i = 0; i < atoll->vectors; i++)
		at += sysfs_emit_at(to, at, "%s%u", i ? " " : "", atoll_count(&atoll->vector[i]));
	return at + sysfs_emit_at(to, at, "\n");
}
static DEVICE_ATTR_RO(interrupts);

static ssize_t mapping_show(struct device *dev, struct device_attribute *attr, char *to)
{
	bool cached = atoll_of_device(dev)->mapping == ATOLL_MODULE_MAPPING_WRITE_BACK;

	return sysfs_emit(to, "%s\n", cached ? "write-back" : "write-combining");
}
static DEVICE_ATTR_RO(mapping);

static ssize_t largest_page_show(struct device *dev, struct device_attribute *attr, char *to)
{
	return sysfs_emit(to, "%lu\n", atoll_of_device(dev)->largest_page);
}
static DEVICE_ATTR_RO(largest_page);

/* 1: shared futexes and direct I/O work on the region's memory. */
static ssize_t struct_pages_show(struct device *dev, struct device_attribute *attr, char *to)
{
	return sysfs_emit(to, "%d\n", atoll_of_device(dev)->pages ? 1 : 0);
}
static DEVICE_ATTR_RO(struct_pages);

static struct attribute *atoll_attributes[] = {
	&dev_attr_slot.attr,
	&dev_attr_vectors.attr,
	&dev_attr_interrupts.attr,
	&dev_attr_mapping.attr,
	&dev_attr_largest_page.attr,
	&dev_attr_struct_pages.attr,
	NULL,
};

static const struct attribute_group atoll_group = { .attrs = atoll_attributes };

const struct attribute_group *atoll_groups[] = { &atoll_group, NULL };
