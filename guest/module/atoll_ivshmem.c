// SPDX-License-Identifier: GPL-2.0
/*
 * A guest's side of QEMU's ivshmem device, 1af4:1110, plain or with a doorbell: /dev/atollN with
 * BAR 2 as ordinary, cached memory, and interrupts that one can sleep on. See
 * include/atoll_module.h.
 */
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/version.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 16, 0)
#include <linux/cc_platform.h>
#endif

#include "atoll.h"

static DEFINE_IDA(atoll_numbers);

/* Such a guest's memory is its own: what it shares with others is not mapped as the rest is. */
static bool atoll_encrypted(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 16, 0)
	return cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT);
#else
	return false;
#endif
}

static void atoll_free(struct kref *references)
{
	struct atoll *atoll = container_of(references, struct atoll, references);

	atoll_map_free(atoll);
	pci_dev_put(atoll->pdev);
	kfree(atoll);
}

void atoll_get(struct atoll *atoll)
{
	kref_get(&atoll->references);
}

void atoll_put(struct atoll *atoll)
{
	kref_put(&atoll->references, atoll_free);
}

/* From here on, what is asked of the device is answered with an error. */
static void atoll_leave(struct atoll *atoll)
{
	down_write(&atoll->gate);
	WRITE_ONCE(atoll->gone, true);
	up_write(&atoll->gate);
}

static int atoll_enable(struct atoll *atoll)
{
	struct pci_dev *pdev = atoll->pdev;
	int error;

	error = pci_enable_device(pdev);
	if (error)
		return error;
	/* No process maps the same memory through sysfs, in another way, from now on. */
	error = pci_request_regions(pdev, KBUILD_MODNAME);
	if (error)
		goto disable;
	atoll->registers = pci_iomap(pdev, 0, 0);
	if (!atoll->registers) {
		error = -ENOMEM;
		goto release;
	}
	atoll->doorbell = pdev->msix_cap;
	atoll->peer = ATOLL_MODULE_NO_PEER;
	if (atoll->doorbell)
		atoll->peer = ioread32(atoll->registers + ATOLL_POSITION);
	return 0;

release:
	pci_release_regions(pdev);
disable:
	pci_disable_device(pdev);
	return error;
}

static void atoll_disable(struct atoll *atoll)
{
	pci_iounmap(atoll->pdev, atoll->registers);
	pci_release_regions(atoll->pdev);
	pci_disable_device(atoll->pdev);
}

static int atoll_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int vectors = max(pci_msix_vec_count(pdev), 0);
	struct atoll *atoll;
	int error;

	if (!pci_resource_len(pdev, 2))
		return -ENODEV;
	if (atoll_encrypted()) {
		pci_err(pdev, "this VM's memory is encrypted: it cannot share any as its own\n");
		return -EOPNOTSUPP;
	}
	atoll = kzalloc(struct_size(atoll, vector, vectors), GFP_KERNEL);
	if (!atoll)
		return -ENOMEM;
	kref_init(&atoll->references);
	init_rwsem(&atoll->gate);
	atoll->pdev = pci_dev_get(pdev);
	atoll->start = pci_resource_start(pdev, 2);
	atoll->bytes = pci_resource_len(pdev, 2);

	error = ida_alloc(&atoll_numbers, GFP_KERNEL);
	if (error < 0)
		goto put;
	atoll->number = error;
	snprintf(atoll->name, sizeof(atoll->name), "atoll%d", atoll->number);
	error = atoll_enable(atoll);
	if (error)
		goto number;
	error = atoll_map_start(atoll);
	if (error)
		goto disable;
	error = atoll_events_start(atoll, vectors);
	if (error)
		goto unmap;
	pci_set_drvdata(pdev, atoll);

	atoll->misc.minor = MISC_DYNAMIC_MINOR;
	atoll->misc.name = atoll->name;
	atoll->misc.fops = &atoll_file_operations;
	atoll->misc.parent = &pdev->dev;
	atoll->misc.groups = atoll_groups;
	atoll->misc.mode = 0660;
	error = misc_register(&atoll->misc);
	if (error)
		goto events;
	pci_info(pdev, "%s: %llu MiB in pages of %lu KiB%s, %u vectors\n", atoll->name,
		 atoll->bytes >> 20, atoll->largest_page >> 10,
		 atoll->pages ? "" : " without struct pages", atoll->vectors);
	return 0;

events:
	atoll_leave(atoll);
	atoll_events_stop(atoll);
unmap:
	atoll_map_stop(atoll);
disable:
	atoll_disable(atoll);
number:
	ida_free(&atoll_numbers, atoll->number);
put:
	atoll_put(atoll);
	return error;
}

static void atoll_remove(struct pci_dev *pdev)
{
	struct atoll *atoll = pci_get_drvdata(pdev);

	misc_deregister(&atoll->misc);
	atoll_leave(atoll);
	atoll_events_stop(atoll);
	atoll_map_stop(atoll);
	atoll_disable(atoll);
	ida_free(&atoll_numbers, atoll->number);
	atoll_put(atoll);
}

static const struct pci_device_id atoll_devices[] = {
	{ PCI_DEVICE(0x1af4, 0x1110) },
	{}
};
MODULE_DEVICE_TABLE(pci, atoll_devices);

static struct pci_driver atoll_driver = {
	.name = "atoll",
	.id_table = atoll_devices,
	.probe = atoll_probe,
	.remove = atoll_remove,
};

module_pci_driver(atoll_driver);

MODULE_DESCRIPTION("Shared memory of Atoll's groups of virtual machines (ivshmem)");
MODULE_AUTHOR("The Atoll authors");
MODULE_LICENSE("GPL");
