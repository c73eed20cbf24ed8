// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts as counts that one can sleep on. A peer may ring as often as it likes: a vector that
 * brings more than `limit` interrupts in a window is silent until the next one. What rang
 * meanwhile is one interrupt then, so that a count moves however many rang, and nobody sleeps
 * through the last.
 */
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/moduleparam.h>

#include "atoll.h"

#define WINDOW_MS 20

static unsigned int limit = 2000;
module_param(limit, uint, 0644);
MODULE_PARM_DESC(limit, "interrupts of a vector in 20 ms before it rests; 0: any number");

static irqreturn_t atoll_interrupt(int irq, void *data)
{
	struct atoll_vector *vector = data;
	unsigned int most = READ_ONCE(limit);

	atomic_inc(&vector->count);
	wake_up_interruptible_poll(&vector->queue, EPOLLIN | EPOLLRDNORM);
	if (time_after(jiffies, vector->since + msecs_to_jiffies(WINDOW_MS))) {
		vector->since = jiffies;
		vector->burst = 0;
	}
	if (++vector->burst >= most && most && !READ_ONCE(vector->atoll->gone)) {
		disable_irq_nosync(irq);
		schedule_delayed_work(&vector->rest, msecs_to_jiffies(WINDOW_MS));
	}
	return IRQ_HANDLED;
}

static void atoll_rested(struct work_struct *work)
{
	struct delayed_work *delayed = to_delayed_work(work);
	struct atoll_vector *vector = container_of(delayed, struct atoll_vector, rest);

	if (READ_ONCE(vector->atoll->gone))
		return;
	vector->since = jiffies;
	vector->burst = 0;
	enable_irq(vector->irq);
}

static bool atoll_moved(struct atoll_vector *vector, u32 seen)
{
	return atoll_count(vector) != seen || READ_ONCE(vector->atoll->gone);
}

/* Returns 0, -ETIMEDOUT, -EINTR, -ENODEV. */
int atoll_event_wait(struct atoll_vector *vector, u32 seen, u64 timeout)
{
	int error = 0;

	if (timeout == 0)
		error = atoll_moved(vector, seen) ? 0 : -ETIME;
	else if (timeout >= KTIME_MAX)
		error = wait_event_interruptible(vector->queue, atoll_moved(vector, seen));
	else
		error = wait_event_interruptible_hrtimeout(vector->queue, atoll_moved(vector, seen),
							   ns_to_ktime(timeout));
	if (READ_ONCE(vector->atoll->gone))
		return -ENODEV;
	if (error == -ETIME)
		return -ETIMEDOUT;
	return error ? -EINTR : 0;
}

static void atoll_events_free(struct atoll *atoll, unsigned int requested)
{
	unsigned int i;

	for (i = 0; i < requested; i++) {
		struct atoll_vector *vector = &atoll->vector[i];

		/*
		 * Once for those who looked at `gone` too early, once for the handler that
		 * scheduled it meanwhile.
		 */
		cancel_delayed_work_sync(&vector->rest);
		free_irq(vector->irq, vector);
		cancel_delayed_work_sync(&vector->rest);
	}
	pci_free_irq_vectors(atoll->pdev);
	pci_clear_master(atoll->pdev);
}

/* A device without interrupts is one without vectors. */
int atoll_events_start(struct atoll *atoll, unsigned int most)
{
	struct pci_dev *pdev = atoll->pdev;
	unsigned int i;
	int found, error;

	if (!most)
		return 0;
	/* An interrupt is a write to memory by the device. */
	pci_set_master(pdev);
	found = pci_alloc_irq_vectors(pdev, 1, most, PCI_IRQ_MSIX);
	if (found < 0) {
		pci_clear_master(pdev);
		pci_warn(pdev, "no interrupts (%d): waiters nap\n", found);
		return 0;
	}
	for (i = 0; i < found; i++) {
		struct atoll_vector *vector = &atoll->vector[i];

		vector->atoll = atoll;
		vector->since = jiffies;
		init_waitqueue_head(&vector->queue);
		INIT_DELAYED_WORK(&vector->rest, atoll_rested);
		vector->irq = pci_irq_vector(pdev, i);
		snprintf(vector->name, sizeof(vector->name), "%s-%u", atoll->name, i);
		error = request_irq(vector->irq, atoll_interrupt, 0, vector->name, vector);
		if (error) {
			WRITE_ONCE(atoll->gone, true);
			atoll_events_free(atoll, i);
			return error;
		}
	}
	atoll->vectors = found;
	return 0;
}

/* After `gone` has been set: whoever sleeps learns of it. */
void atoll_events_stop(struct atoll *atoll)
{
	unsigned int i;

	if (!atoll->vectors)
		return;
	atoll_events_free(atoll, atoll->vectors);
	for (i = 0; i < atoll->vectors; i++)
		wake_up_poll(&atoll->vector[i].queue, EPOLLIN | EPOLLERR | EPOLLHUP);
}
