// SPDX-License-Identifier: GPL-2.0
/*
 * Struct pages for BAR 2: with them the kernel can take hold of the region's memory, as shared
 * futexes and direct I/O want, and maps it in pages of 2 MiB. They take 0.4 % of the region's
 * size from the VM's memory (before 5.17: 1.6 %).
 */
#include <linux/delay.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/version.h>

#include "atoll.h"

#ifdef CONFIG_ZONE_DEVICE

/* How long a device that is taken away waits for those who hold its pages. */
#define PATIENCE_MS 30000

static unsigned int atoll_folio_shift(struct dev_pagemap *pages)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
	return pages->vmemmap_shift;
#else
	return 0;
#endif
}

/*
 * Whether the kernel has room in its address space for what lies there. Before 6.11 it did not
 * ask itself: where x86 moves its parts about, there are CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING
 * TiB and one after the beginning.
 */
static bool atoll_reachable(phys_addr_t end)
{
#if defined(CONFIG_RANDOMIZE_MEMORY) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
	bool moved = PAGE_OFFSET != __PAGE_OFFSET_BASE_L4 && PAGE_OFFSET != __PAGE_OFFSET_BASE_L5;

	return !moved || end <= (CONFIG_RANDOMIZE_MEMORY_PHYSICAL_PADDING + 1ULL) << 40;
#else
	return true;
#endif
}

/* A shared futex is known by its page's place in a mapping. */
static void atoll_pages_name(struct atoll *atoll, struct address_space *mapping)
{
	unsigned long first = PHYS_PFN(atoll->start), pages = PHYS_PFN(atoll->bytes), i;

	for (i = 0; i < pages; i += 1UL << atoll_folio_shift(atoll->pages)) {
		struct page *page = pfn_to_page(first + i);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
		page_folio(page)->mapping = mapping;
		page_folio(page)->index = i;
#else
		page->mapping = mapping;
		page->index = i;
#endif
		if (i % SZ_4K == 0)
			cond_resched();
	}
}

int atoll_pages_start(struct atoll *atoll)
{
	struct dev_pagemap *pages;
	void *address;

	if (!IS_ALIGNED(atoll->start | atoll->bytes, memremap_compat_align()))
		return -EOPNOTSUPP;
	if (!atoll_reachable(atoll->start + atoll->bytes)) {
		pci_info(atoll->pdev, "BAR 2 lies beyond what this kernel can give struct pages\n");
		return -EOPNOTSUPP;
	}
	pages = kzalloc(sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	pages->type = MEMORY_DEVICE_GENERIC;
	pages->range.start = atoll->start;
	pages->range.end = atoll->start + atoll->bytes - 1;
	pages->nr_range = 1;
	atoll->largest_page = PAGE_SIZE;
#if defined(CONFIG_TRANSPARENT_HUGEPAGE) && LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
	/*
	 * A fault maps as much as one page of the kernel's books covers, if that is what a page
	 * table has.
	 */
	if (has_transparent_hugepage() && IS_ALIGNED(atoll->start | atoll->bytes, PMD_SIZE)) {
		pages->vmemmap_shift = PMD_SHIFT - PAGE_SHIFT;
		atoll->largest_page = PMD_SIZE;
	}
#endif
	address = memremap_pages(pages, dev_to_node(&atoll->pdev->dev));
	if (IS_ERR(address)) {
		pci_info(atoll->pdev, "no struct pages: %pe\n", address);
		kfree(pages);
		return PTR_ERR(address);
	}
	atoll->pages = pages;
	atoll->idle_references = page_ref_count(pfn_to_page(PHYS_PFN(atoll->start)));
	atoll_pages_name(atoll, atoll->inode->i_mapping);
	return 0;
}

static bool atoll_pages_idle(struct atoll *atoll)
{
	unsigned long first = PHYS_PFN(atoll->start), pages = PHYS_PFN(atoll->bytes), i;

	for (i = 0; i < pages; i += 1UL << atoll_folio_shift(atoll->pages)) {
		if (page_ref_count(pfn_to_page(first + i)) != atoll->idle_references)
			return false;
		if (i % SZ_4K == 0)
			cond_resched();
	}
	return true;
}

/*
 * After `gone` has been set. A fault that was under way may map a page yet: that holds it, as
 * direct I/O does.
 */
void atoll_pages_stop(struct atoll *atoll)
{
	unsigned int waited;
	bool idle;

	if (!atoll->pages)
		return;
	for (waited = 0; !(idle = atoll_pages_idle(atoll)) && waited < PATIENCE_MS; waited += 20) {
		msleep(20);
		atoll_unmap(atoll);
	}
	atoll_pages_name(atoll, NULL);
	if (idle) {
		memunmap_pages(atoll->pages);
		kfree(atoll->pages);
	} else {
		/* Better a little memory lost than one page used that is none any more. */
		pci_warn(atoll->pdev, "its pages are still held: their records stay until a boot\n");
	}
	atoll->pages = NULL;
}

#else /* no struct pages in this kernel */

int atoll_pages_start(struct atoll *atoll)
{
	return -EOPNOTSUPP;
}

void atoll_pages_stop(struct atoll *atoll)
{
}

#endif
