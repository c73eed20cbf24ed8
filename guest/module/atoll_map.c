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
	.owner = THIS_MODULE,
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
	/* Kernels from 6.0 to 6.11 map what is no DAX in small pages only. */
	inode->i_flags |= S_DAX;
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
 * x86 gives all mappings of a page one memory type: the first one's. A process that had mapped
 * BAR 2 through sysfs before would turn ours into what it has.
 */
static bool atoll_cached(void *address)
{
#ifdef CONFIG_X86_64
	unsigned int level;
	pte_t *entry = lookup_address((unsigned long)address, &level);

	return entry && !(pte_flags(*entry) & (_PAGE_PWT | _PAGE_PCD));
#else
	return true;
#endif
}

int atoll_map_start(struct atoll *atoll)
{
	int error = atoll_inode_start(atoll);
	void *address;

	if (error)
		return error;
	atoll->largest_page = PAGE_SIZE;
	error = atoll_pages_start(atoll);
	if (error) {
		/* Keeps the memory type of BAR 2, which mappings of it then have. */
		atoll->mapped = memremap(atoll->start, atoll->bytes, MEMREMAP_WB);
		if (!atoll->mapped)
			return -ENOMEM;
	}
	address = atoll->pages ? __va(atoll->start) : atoll->mapped;
	if (atoll_cached(address))
		return 0;
	pci_err(atoll->pdev, "mapped through sysfs, not cached: end who does, then bind it again\n");
	atoll_map_stop(atoll);
	return -EBUSY;
}

void atoll_map_stop(struct atoll *atoll)
{
	unmap_mapping_range(atoll->inode->i_mapping, 0, 0, 1);
	atoll_pages_stop(atoll);
	if (atoll->mapped)
		memunmap(atoll->mapped);
	atoll->mapped = NULL;
}

static vm_fault_t atoll_fault(struct vm_fault *vmf)
{
	struct atoll *atoll = atoll_of(vmf->vma->vm_file);
	unsigned long pfn = PHYS_PFN(atoll->start) + vmf->pgoff;
	vm_fault_t result;

	down_read(&atoll->gate);
	if (atoll->gone || vmf->pgoff >= PHYS_PFN(atoll->bytes))
		result = VM_FAULT_SIGBUS;
	else if (atoll->pages)
		result = atoll_pages_insert(vmf, pfn);
	else
		result = vmf_insert_pfn(vmf->vma, vmf->address, pfn);
	up_read(&atoll->gate);
	return result;
}

static vm_fault_t atoll_fault_pmd(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct atoll *atoll = atoll_of(vma->vm_file);
	unsigned long address = vmf->address & PMD_MASK;
	unsigned long before = (vmf->address - address) >> PAGE_SHIFT;
	unsigned long pages = PMD_SIZE >> PAGE_SHIFT;
	unsigned long first = vmf->pgoff - before;
	vm_fault_t result = VM_FAULT_FALLBACK;

	if (atoll->largest_page < PMD_SIZE)
		return VM_FAULT_FALLBACK;
	if (address < vma->vm_start || address + PMD_SIZE > vma->vm_end)
		return VM_FAULT_FALLBACK;
	if (before > vmf->pgoff || first % pages || first + pages > PHYS_PFN(atoll->bytes))
		return VM_FAULT_FALLBACK;
	down_read(&atoll->gate);
	if (!atoll->gone)
		result = atoll_pages_insert_huge(vmf, PHYS_PFN(atoll->start) + first);
	up_read(&atoll->gate);
	return result;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
static vm_fault_t atoll_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	return order == PMD_SHIFT - PAGE_SHIFT ? atoll_fault_pmd(vmf) : VM_FAULT_FALLBACK;
}
#else
static vm_fault_t atoll_huge_fault(struct vm_fault *vmf, enum page_entry_size size)
{
	return size == PE_SIZE_PMD ? atoll_fault_pmd(vmf) : VM_FAULT_FALLBACK;
}
#endif

static const struct vm_operations_struct atoll_vm_operations = {
	.fault = atoll_fault,
	.huge_fault = atoll_huge_fault,
};

int atoll_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct atoll *atoll = atoll_of(file);
	unsigned long pages = PHYS_PFN(atoll->bytes);

	if (READ_ONCE(atoll->gone))
		return -ENODEV;
	/* A private copy of shared memory would be no error that shows. */
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (vma->vm_pgoff >= pages || vma_pages(vma) > pages - vma->vm_pgoff)
		return -EINVAL;
	vma->vm_ops = &atoll_vm_operations;
	if (atoll->pages)
		return 0;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_set(vma, VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_DONTDUMP);
#else
	vma->vm_flags |= VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_DONTDUMP;
#endif
	return 0;
}
