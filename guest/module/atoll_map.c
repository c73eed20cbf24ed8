// SPDX-License-Identifier: GPL-2.0
/*
 * BAR 2 as the memory of those who map it: cached, whatever the sysfs files of the device would
 * give. A page is mapped when it is touched, so that a mapping outlives its device: what is
 * touched after that is a SIGBUS.
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/pseudo_fs.h>
#include <linux/version.h>

#include "atoll.h"

/*
 * All files of a device share one inode's mapping, so that all that is mapped of it can be
 * unmapped in one call, and a shared futex is the same one in each. No file system shows these
 * inodes.
 */
static int atoll_init_fs(struct fs_context *context)
{
	return init_pseudo(context, 0x41744f4c) ? 0 : -ENOMEM;
}

static struct file_system_type atoll_fs = {
	.name = "atoll",
	/* No owner: each device has it mounted, and only open files are to keep the module. */
	.init_fs_context = atoll_init_fs,
	.kill_sb = kill_anon_super,
};

static struct vfsmount *atoll_mount;
static int atoll_mounts;

static int atoll_inode_start(struct atoll *atoll)
{
	struct inode *inode;
	int error = simple_pin_fs(&atoll_fs, &atoll_mount, &atoll_mounts);

	if (error)
		return error;
	inode = alloc_anon_inode(atoll_mount->mnt_sb);
	if (IS_ERR(inode)) {
		simple_release_fs(&atoll_mount, &atoll_mounts);
		return PTR_ERR(inode);
	}
	/* Where no page could be moved to: nothing tries, as balancing between NUMA nodes would. */
	mapping_set_gfp_mask(inode->i_mapping, GFP_DMA);
	/* Newer kernels map no large page that lies beyond a file's end. */
	i_size_write(inode, atoll->bytes);
	atoll->inode = inode;
	return 0;
}

void atoll_map_free(struct atoll *atoll)
{
	if (!atoll->inode)
		return;
	iput(atoll->inode);
	simple_release_fs(&atoll_mount, &atoll_mounts);
}

/*
 * The kernel's own mapping of BAR 2 has the type that x86 gives all mappings without struct
 * pages. It is weaker than asked for where firmware has said so, as it does below 4 GiB, or where
 * a process has mapped BAR 2 through sysfs.
 */
#ifdef CONFIG_X86_64
static pteval_t atoll_type(void *address)
{
	unsigned int level;
	pte_t *entry = lookup_address((unsigned long)address, &level);

	return entry ? pte_flags(*entry) & (_PAGE_PWT | _PAGE_PCD) : 0;
}

static bool atoll_combining(void *address)
{
	return atoll_type(address) == _PAGE_PWT;
}

static bool atoll_cached(void *address)
{
	return !atoll_type(address);
}
#else
static bool atoll_combining(void *address)
{
	return false;
}

static bool atoll_cached(void *address)
{
	return true;
}
#endif

/* Without struct pages. What keeps a type for BAR 2 also gives it to those who map it. */
static int atoll_plain_start(struct atoll *atoll)
{
	atoll->largest_page = PAGE_SIZE;
	atoll->mapped = memremap(atoll->start, atoll->bytes, MEMREMAP_WB);
	if (atoll->mapped && atoll_cached(atoll->mapped))
		return 0;
	if (atoll->mapped)
		memunmap(atoll->mapped);
	atoll->mapping = ATOLL_MODULE_MAPPING_WRITE_COMBINING;
	atoll->mapped = memremap(atoll->start, atoll->bytes, MEMREMAP_WC);
	return atoll->mapped ? 0 : -ENOMEM;
}

int atoll_map_start(struct atoll *atoll)
{
	int error = atoll_inode_start(atoll);

	if (error)
		return error;
	atoll->mapping = ATOLL_MODULE_MAPPING_WRITE_BACK;
	error = atoll_pages_start(atoll);
	if (error)
		return atoll_plain_start(atoll);
	if (!atoll_combining(__va(atoll->start)))
		return 0;
	/* The same memory must not be cached here and not there. */
	pci_err(atoll->pdev, "a process has it mapped through sysfs: end that, then bind it again\n");
	atoll_map_stop(atoll);
	return -EBUSY;
}

void atoll_unmap(struct atoll *atoll)
{
	unmap_mapping_range(atoll->inode->i_mapping, 0, 0, 1);
}

void atoll_map_stop(struct atoll *atoll)
{
	atoll_unmap(atoll);
	atoll_pages_stop(atoll);
	if (atoll->mapped)
		memunmap(atoll->mapped);
	atoll->mapped = NULL;
}

static vm_fault_t atoll_fault(struct vm_fault *vmf)
{
	struct atoll *atoll = atoll_of(vmf->vma->vm_file);
	unsigned long pfn = PHYS_PFN(atoll->start) + vmf->pgoff;
	vm_fault_t result = 0;

	down_read(&atoll->gate);
	if (atoll->gone || vmf->pgoff >= PHYS_PFN(atoll->bytes)) {
		result = VM_FAULT_SIGBUS;
	} else if (atoll->pages) {
		/*
		 * The kernel maps all of a large page where it can, cached whatever its own
		 * mapping is.
		 */
		vmf->page = pfn_to_page(pfn);
		get_page(vmf->page);
	} else {
		result = vmf_insert_pfn(vmf->vma, vmf->address, pfn);
	}
	up_read(&atoll->gate);
	return result;
}

static const struct vm_operations_struct atoll_vm_operations = {
	.fault = atoll_fault,
};

int atoll_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct atoll *atoll = atoll_of(file);
	unsigned long pages = PHYS_PFN(atoll->bytes), flags;

	if (READ_ONCE(atoll->gone))
		return -ENODEV;
	/* A private copy of shared memory would be no error that shows. */
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (vma->vm_pgoff >= pages || vma_pages(vma) > pages - vma->vm_pgoff)
		return -EINVAL;
	vma->vm_ops = &atoll_vm_operations;
	/* It neither grows nor is locked in memory: it is always there. */
	flags = VM_DONTEXPAND;
	if (!atoll->pages)
		flags |= VM_PFNMAP | VM_IO | VM_DONTDUMP;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_set(vma, flags);
#else
	vma->vm_flags |= flags;
#endif
	return 0;
}
