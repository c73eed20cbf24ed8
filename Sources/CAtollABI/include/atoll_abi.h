// SPDX-License-Identifier: Apache-2.0
//
// The layout of an Atoll region, version 3: the one description of the bytes that a host and its
// guests share. Plain fixed-width C, little-endian, no padding that is not named, no pointers: a
// region holds offsets from its first byte and durations, never addresses and never clock values.
//
// Rules of every field
//   * A word that is read while another party may write it is a uint64_t, naturally aligned, and is
//     only touched by atomic operations. Everything else is written before it is published.
//   * Words with different writers lie on different 64-byte lines. Beside each line stands who writes.
//   * The host never believes what a guest could have written: load once, check, then use.
//
// A change here raises ATOLL_ABI_VERSION and renews the golden bytes of the tests in the same commit.

#ifndef ATOLL_ABI_H
#define ATOLL_ABI_H

#include <stddef.h>
#include <stdint.h>

#define ATOLL_ABI_MAGIC 0x4e4752544c4c5441ull  // "ATLLTRGN" as bytes in memory
#define ATOLL_ABI_VERSION 3u
#define ATOLL_LINE 64u
#define ATOLL_PAGE 4096u
#define ATOLL_MIN_REGION_SIZE (1ull << 20)
#define ATOLL_MAX_REGION_SIZE (1ull << 40)

#define ATOLL_MEMBER_SLOTS 64u
#define ATOLL_DIRECTORY_ENTRIES 256u         // of a region under 16 MiB; a power of two
#define ATOLL_DIRECTORY_ENTRIES_LARGE 1024u  // of any other
#define ATOLL_MEMBER_NAME_BYTES 32u  // with the closing NUL; a longer domain name is cut
#define ATOLL_OBJECT_NAME_BYTES 64u  // with the closing NUL
#define ATOLL_SLOT_HOST 0xffffu      // stands for the host where a slot is named
#define ATOLL_NONE 0xffffffffu
#define ATOLL_INPUT_NONE 0xffffffffu  // in job.input: there is nothing to read, and will not be

// ------------------------------------------------------------------------------- synchronisation

// An owner word names the thread that holds something, so that ownership is one compare-and-swap
// and a survivor can tell whether the holder is lost:
//   bits  0-15  slot + 1 (0: nobody; ATOLL_SLOT_HOST + 1 would not fit and never holds a lock)
//   bits 16-31  low bits of the member's incarnation
//   bits 32-61  thread (unique within that incarnation; kernel thread id)
//   bit  62     waiters may sleep
//   bit  63     the holder died and the data was not declared consistent: poisoned
#define ATOLL_OWNER_SLOT_SHIFT 0
#define ATOLL_OWNER_INCARNATION_SHIFT 16
#define ATOLL_OWNER_THREAD_SHIFT 32
#define ATOLL_OWNER_WAITERS (1ull << 62)
#define ATOLL_OWNER_POISONED (1ull << 63)

// object.kind: what a named object is.
enum {
    ATOLL_KIND_DATA = 0,  // the author's own; no figures
    ATOLL_KIND_LOCK = 1,
    ATOLL_KIND_RECURSIVE_LOCK = 2,
    ATOLL_KIND_READ_WRITE_LOCK = 3,
    ATOLL_KIND_CONDITION = 4,
    ATOLL_KIND_SEMAPHORE = 5,
    ATOLL_KIND_ONCE = 6,
    ATOLL_KIND_LATCH = 7,
    ATOLL_KIND_BARRIER = 8,
    ATOLL_KIND_TEAM = 9,
    ATOLL_KIND_HEAP = 10,
    ATOLL_KIND_RING = 11,
    ATOLL_KIND_QUEUE = 12,
    ATOLL_KIND_DEQUE = 13,
    ATOLL_KIND_COUNTER = 14,
    ATOLL_KIND_MAP = 15,
    ATOLL_KINDS = 16,
};

#define ATOLL_WAIT_BUCKETS 16u

// How every object of a kind other than data and team begins, so that whoever reads the region can
// show any of them. Further lines are the kind's own.
struct atoll_sync {
    // Line 0: the holder while it holds the object, which has the line then anyway.
    uint64_t word;          // of a lock: owner word
    uint64_t aux0;          // the kind's own: depth of a recursive lock, ...
    uint64_t aux1;
    uint64_t acquisitions;  // times it was taken; of a barrier: rounds completed
    uint64_t contended;     // of these, after waiting
    uint64_t wait_ns;       // that all waits took together, spinning left out
    uint64_t waiters;       // threads that wait now; one that died waiting stays counted
    uint64_t deaths;        // holders that died
    // Line 1: the same. Waits that took 2^k to 2^(k+1) microseconds; the first counts shorter ones,
    // the last longer ones, too.
    uint32_t waits[ATOLL_WAIT_BUCKETS];
};

// ---------------------------------------------------------------------------------------- header

// header.state. Stored last, with release order, when a region is made.
enum {
    ATOLL_REGION_ABSENT = 0,    // being made; nothing else may be read
    ATOLL_REGION_READY = 1,     // in use
    ATOLL_REGION_DRAINING = 2,  // about to be unplugged everywhere: unmap and say so
};

struct atoll_header {
    // Lines 0-3: the host, once, before state says ready.
    uint64_t magic;
    uint32_t version;
    uint32_t header_bytes;
    uint64_t region_bytes;
    uint8_t region_uuid[16];
    uint8_t group_uuid[16];
    uint64_t reserved0;

    uint64_t members_offset;
    uint64_t directory_offset;
    uint64_t jobs_offset;
    uint64_t rings_offset;
    uint64_t arena_offset;
    uint64_t arena_bytes;
    uint32_t job_slots;
    uint32_t job_payload_bytes;
    uint32_t rings;
    uint32_t ring_bytes;  // of data in one ring; a power of two

    char group_name[ATOLL_OBJECT_NAME_BYTES];
    char region_name[ATOLL_OBJECT_NAME_BYTES];

    // Line 4: the host.
    uint64_t state;
    uint64_t reserved4[7];
    // Line 5: the host. The membership epoch: raised after a member was marked lost or assigned.
    uint64_t epoch;
    uint64_t reserved5[7];
    // Line 6: the host, a few times a second: whether a daemon watches.
    uint64_t host_heartbeat;
    uint64_t reserved6[7];
    // Lines 7-8: guests. The directory's lock.
    struct atoll_sync directory_lock;
    // Line 9: guests and host. The number of the last job posted; the first is 1.
    uint64_t last_job;
    uint64_t reserved9[7];
    // Line 10: guests. Who sleeps until it is rung for, and who cannot ring; bit s stands for the VM in slot s.
    // A thread sets its VM's bit of `sleepers` before its last look; who then stores what may end a wait takes
    // the bits away and rings each VM that had one (AtollSync, Sleepers). A VM that stores without doing so sets
    // its bit of `silent`, once: nobody sleeps then until it is rung for.
    uint64_t sleepers;
    uint64_t silent;
    uint64_t reserved10[6];

    uint8_t reserved[ATOLL_PAGE - 11 * ATOLL_LINE];
};

// ---------------------------------------------------------------------------------------- members

// member.state: the host's word.
enum {
    ATOLL_MEMBER_EMPTY = 0,
    ATOLL_MEMBER_ASSIGNED = 1,  // the VM of this UUID may join, as this incarnation
    ATOLL_MEMBER_LOST = 2,      // this incarnation can write no more
};

// member.presence: the guest's word, meaningful only together with joined_incarnation.
enum {
    ATOLL_PRESENCE_ABSENT = 0,
    ATOLL_PRESENCE_JOINED = 1,  // an agent serves this member
    ATOLL_PRESENCE_LEFT = 2,    // it has unmapped the region, or is about to end
};

// member.mapping: how the guest reaches the bytes.
enum {
    ATOLL_MAPPING_UNKNOWN = 0,
    ATOLL_MAPPING_FILE = 1,      // a plain file or memory object: no device between
    ATOLL_MAPPING_SYSFS = 2,     // resource2
    ATOLL_MAPPING_SYSFS_WC = 3,  // resource2_wc
    ATOLL_MAPPING_MODULE = 4,    // a device node of the kernel module
};

struct atoll_member {
    // Line 0: the host.
    uint8_t vm_uuid[16];   // as SMBIOS shows it to the guest, in the order it is printed
    uint64_t incarnation;  // counts boots; 0: never assigned
    uint64_t state;
    char name[ATOLL_MEMBER_NAME_BYTES];
    // Line 1: the member's agent.
    uint64_t joined_incarnation;
    uint64_t presence;
    uint32_t vcpus;
    uint32_t mapping;
    uint32_t locked_op_ns;  // measured time of one locked operation, nanoseconds
    uint32_t agent_version;
    uint64_t reserved1[4];
    // Line 2: the member's agent, several times a second.
    uint64_t heartbeat;
    uint64_t reserved2[7];
    // Line 3: whoever wants the agent to look at the job board: add one.
    uint64_t attention;
    uint64_t reserved3[7];
};

// -------------------------------------------------------------------------------------- directory

// The low byte of entry.state; the bits above it count the entry's uses, so that whoever frees it can
// tell the use that he meant from a later one.
enum {
    ATOLL_OBJECT_FREE = 0,
    ATOLL_OBJECT_BUILDING = 1,  // the extent is taken, the content is not ready
    ATOLL_OBJECT_READY = 2,
};

// The directory is a hash table: an entry stands at the place that its name's hash gives, modulo the
// number of entries, or at the first place after it that was free. A search ends at an entry whose
// state is 0, which was never used; a freed one is passed over.
//
// A named object: an extent of the arena. The entries are the allocator's only record, so that a
// death while allocating can lose nothing. All but `state` is written under the directory's lock.
struct atoll_object {
    uint64_t state;
    uint64_t offset;  // from the region's first byte
    uint64_t bytes;
    uint64_t job;      // the object goes with this job; 0: it stays
    uint64_t builder;  // owner word of the thread that builds it
    uint32_t kind;     // ATOLL_KIND_...
    uint32_t reserved0;
    uint64_t name_hash;  // FNV-1a, 64 bits, of the name without its NUL
    uint64_t reserved;
    char name[ATOLL_OBJECT_NAME_BYTES];
};

// -------------------------------------------------------------------------------------- job board

// The low byte of job.word; the bits above it are the job's number, so that a slot used anew can
// never be mistaken for the job that had it before.
enum {
    ATOLL_JOB_FREE = 0,
    ATOLL_JOB_CLAIMED = 1,   // its launcher is filling it
    ATOLL_JOB_POSTED = 2,    // agents start their processes
    ATOLL_JOB_STOPPING = 3,  // agents kill their processes
};

// The low byte of part.word; the bits above it are the job's number.
enum {
    ATOLL_PART_NONE = 0,
    ATOLL_PART_WANTED = 1,   // launcher: this member shall start a process
    ATOLL_PART_RUNNING = 2,  // agent: it runs
    ATOLL_PART_EXITED = 3,   // agent: it has ended; status is valid and the ring holds all output
    ATOLL_PART_REFUSED = 4,  // agent: it could not be started; status is the errno value
};

// One member's part of a job.
struct atoll_job_part {
    // Line 0: the launcher before posting; then the agent of `slot`.
    uint64_t word;
    uint64_t incarnation;  // of the member when the job was posted
    uint32_t slot;
    uint32_t ring;    // index of the ring that carries this member's output
    uint32_t status;  // wait(2) status
    uint32_t pid;
    uint64_t flags;   // ATOLL_PART_IS_..., once it runs
    uint64_t reserved[3];
};

// part.flags
enum {
    // One process of an OpenMP program: rank 0's output, input, signals and exit code are the
    // program's, and the others' only serve it.
    ATOLL_PART_IS_OPENMP = 1,
};

struct atoll_job {
    // Line 0: the launcher, then whoever stops the job.
    uint64_t word;
    uint64_t epoch;  // membership epoch when posted
    uint32_t parts;  // members that take part; rank r of the job is part[r]
    uint32_t threads_per_vm;
    uint32_t payload_bytes;
    uint32_t flags;
    uint64_t reserved0[4];
    // Line 1: the launcher. Silent for the lease: agents stop the job.
    uint64_t launcher_slot;  // ATOLL_SLOT_HOST: the daemon
    uint64_t launcher_incarnation;
    uint64_t launcher_heartbeat;
    uint64_t lease_ms;
    uint64_t reserved1[4];
    // Line 2: the launcher. Signal to deliver: sequence number << 8 | signal number.
    uint64_t signal;
    uint64_t reserved2[7];
    // Line 3: the launcher, once it has something to read. The job's input.
    uint64_t input;  // 0: none yet; else ATOLL_INPUT_NONE, or the index + 1 of the ring with it
    uint64_t reserved3[7];
    struct atoll_job_part part[ATOLL_MEMBER_SLOTS];
    // Payload of header.job_payload_bytes follows: strings, each closed by NUL:
    //   working directory ("" for the agent's choice); argument count as decimal, the arguments;
    //   environment count as decimal, the NAME=VALUE strings.
};

// ------------------------------------------------------------------------------------------ rings

// A ring carries records from one agent to one launcher; or, of a job's input, from its launcher to the
// agent of rank 0, with a record without text where the input ends. Positions count bytes for ever; the byte at
// position p lies at data[p & (ring_bytes - 1)]. A record is an 8-byte little-endian head
// (bits 0-31: length of the text; bits 32-39: stream, 1 or 2; bits 40-63: 0), the text, and zeros
// up to a multiple of 8.
struct atoll_ring {
    uint64_t owner;  // line 0: the launcher: number of the job that has it; 0: free
    uint64_t reserved0[7];
    uint64_t head;  // line 1: the agent: bytes ever written
    uint64_t reserved1[7];
    uint64_t tail;  // line 2: the launcher: bytes ever read
    uint64_t reserved2[7];
    // header.ring_bytes of data follow.
};

// ---------------------------------------------------------------------------------------- offsets

// Where fields lie, as constants: Embedded Swift has no key paths to ask with.
enum {
    ATOLL_AT_HEADER_ARENA_BYTES = offsetof(struct atoll_header, arena_bytes),
    ATOLL_AT_HEADER_ARENA_OFFSET = offsetof(struct atoll_header, arena_offset),
    ATOLL_AT_HEADER_DIRECTORY_LOCK = offsetof(struct atoll_header, directory_lock),
    ATOLL_AT_HEADER_DIRECTORY_OFFSET = offsetof(struct atoll_header, directory_offset),
    ATOLL_AT_HEADER_EPOCH = offsetof(struct atoll_header, epoch),
    ATOLL_AT_HEADER_GROUP_NAME = offsetof(struct atoll_header, group_name),
    ATOLL_AT_HEADER_GROUP_UUID = offsetof(struct atoll_header, group_uuid),
    ATOLL_AT_HEADER_HEADER_BYTES = offsetof(struct atoll_header, header_bytes),
    ATOLL_AT_HEADER_HOST_HEARTBEAT = offsetof(struct atoll_header, host_heartbeat),
    ATOLL_AT_HEADER_JOB_PAYLOAD_BYTES = offsetof(struct atoll_header, job_payload_bytes),
    ATOLL_AT_HEADER_JOB_SLOTS = offsetof(struct atoll_header, job_slots),
    ATOLL_AT_HEADER_JOBS_OFFSET = offsetof(struct atoll_header, jobs_offset),
    ATOLL_AT_HEADER_LAST_JOB = offsetof(struct atoll_header, last_job),
    ATOLL_AT_HEADER_MAGIC = offsetof(struct atoll_header, magic),
    ATOLL_AT_HEADER_MEMBERS_OFFSET = offsetof(struct atoll_header, members_offset),
    ATOLL_AT_HEADER_REGION_BYTES = offsetof(struct atoll_header, region_bytes),
    ATOLL_AT_HEADER_REGION_NAME = offsetof(struct atoll_header, region_name),
    ATOLL_AT_HEADER_REGION_UUID = offsetof(struct atoll_header, region_uuid),
    ATOLL_AT_HEADER_RING_BYTES = offsetof(struct atoll_header, ring_bytes),
    ATOLL_AT_HEADER_RINGS = offsetof(struct atoll_header, rings),
    ATOLL_AT_HEADER_RINGS_OFFSET = offsetof(struct atoll_header, rings_offset),
    ATOLL_AT_HEADER_SILENT = offsetof(struct atoll_header, silent),
    ATOLL_AT_HEADER_SLEEPERS = offsetof(struct atoll_header, sleepers),
    ATOLL_AT_HEADER_STATE = offsetof(struct atoll_header, state),
    ATOLL_AT_HEADER_VERSION = offsetof(struct atoll_header, version),
    ATOLL_AT_MEMBER_AGENT_VERSION = offsetof(struct atoll_member, agent_version),
    ATOLL_AT_MEMBER_ATTENTION = offsetof(struct atoll_member, attention),
    ATOLL_AT_MEMBER_HEARTBEAT = offsetof(struct atoll_member, heartbeat),
    ATOLL_AT_MEMBER_INCARNATION = offsetof(struct atoll_member, incarnation),
    ATOLL_AT_MEMBER_JOINED_INCARNATION = offsetof(struct atoll_member, joined_incarnation),
    ATOLL_AT_MEMBER_LOCKED_OP_NS = offsetof(struct atoll_member, locked_op_ns),
    ATOLL_AT_MEMBER_MAPPING = offsetof(struct atoll_member, mapping),
    ATOLL_AT_MEMBER_NAME = offsetof(struct atoll_member, name),
    ATOLL_AT_MEMBER_PRESENCE = offsetof(struct atoll_member, presence),
    ATOLL_AT_MEMBER_STATE = offsetof(struct atoll_member, state),
    ATOLL_AT_MEMBER_VCPUS = offsetof(struct atoll_member, vcpus),
    ATOLL_AT_MEMBER_VM_UUID = offsetof(struct atoll_member, vm_uuid),
    ATOLL_AT_OBJECT_BUILDER = offsetof(struct atoll_object, builder),
    ATOLL_AT_OBJECT_BYTES = offsetof(struct atoll_object, bytes),
    ATOLL_AT_OBJECT_KIND = offsetof(struct atoll_object, kind),
    ATOLL_AT_OBJECT_JOB = offsetof(struct atoll_object, job),
    ATOLL_AT_OBJECT_NAME = offsetof(struct atoll_object, name),
    ATOLL_AT_OBJECT_NAME_HASH = offsetof(struct atoll_object, name_hash),
    ATOLL_AT_OBJECT_OFFSET = offsetof(struct atoll_object, offset),
    ATOLL_AT_SYNC_WORD = offsetof(struct atoll_sync, word),
    ATOLL_AT_SYNC_AUX0 = offsetof(struct atoll_sync, aux0),
    ATOLL_AT_SYNC_AUX1 = offsetof(struct atoll_sync, aux1),
    ATOLL_AT_SYNC_ACQUISITIONS = offsetof(struct atoll_sync, acquisitions),
    ATOLL_AT_SYNC_CONTENDED = offsetof(struct atoll_sync, contended),
    ATOLL_AT_SYNC_WAIT_NS = offsetof(struct atoll_sync, wait_ns),
    ATOLL_AT_SYNC_WAITERS = offsetof(struct atoll_sync, waiters),
    ATOLL_AT_SYNC_DEATHS = offsetof(struct atoll_sync, deaths),
    ATOLL_AT_SYNC_WAITS = offsetof(struct atoll_sync, waits),
    ATOLL_AT_JOB_EPOCH = offsetof(struct atoll_job, epoch),
    ATOLL_AT_JOB_INPUT = offsetof(struct atoll_job, input),
    ATOLL_AT_JOB_FLAGS = offsetof(struct atoll_job, flags),
    ATOLL_AT_JOB_LAUNCHER_HEARTBEAT = offsetof(struct atoll_job, launcher_heartbeat),
    ATOLL_AT_JOB_LAUNCHER_INCARNATION = offsetof(struct atoll_job, launcher_incarnation),
    ATOLL_AT_JOB_LAUNCHER_SLOT = offsetof(struct atoll_job, launcher_slot),
    ATOLL_AT_JOB_LEASE_MS = offsetof(struct atoll_job, lease_ms),
    ATOLL_AT_JOB_PARTS = offsetof(struct atoll_job, parts),
    ATOLL_AT_JOB_PAYLOAD_BYTES = offsetof(struct atoll_job, payload_bytes),
    ATOLL_AT_JOB_SIGNAL = offsetof(struct atoll_job, signal),
    ATOLL_AT_JOB_THREADS_PER_VM = offsetof(struct atoll_job, threads_per_vm),
    ATOLL_AT_PART_FLAGS = offsetof(struct atoll_job_part, flags),
    ATOLL_AT_PART_INCARNATION = offsetof(struct atoll_job_part, incarnation),
    ATOLL_AT_PART_PID = offsetof(struct atoll_job_part, pid),
    ATOLL_AT_PART_RING = offsetof(struct atoll_job_part, ring),
    ATOLL_AT_PART_SLOT = offsetof(struct atoll_job_part, slot),
    ATOLL_AT_PART_STATUS = offsetof(struct atoll_job_part, status),
    ATOLL_AT_RING_HEAD = offsetof(struct atoll_ring, head),
    ATOLL_AT_RING_TAIL = offsetof(struct atoll_ring, tail),
};

// --------------------------------------------------------------------------------------- asserts

#define ATOLL_PIN(type, field, where) \
    _Static_assert(offsetof(struct type, field) == (where), #type "." #field " is at " #where)

ATOLL_PIN(atoll_sync, acquisitions, 24);
ATOLL_PIN(atoll_sync, waiters, 48);
ATOLL_PIN(atoll_sync, waits, 64);
_Static_assert(sizeof(struct atoll_sync) == 2 * ATOLL_LINE, "the head of an object is two lines");

ATOLL_PIN(atoll_header, version, 8);
ATOLL_PIN(atoll_header, region_bytes, 16);
ATOLL_PIN(atoll_header, region_uuid, 24);
ATOLL_PIN(atoll_header, group_uuid, 40);
ATOLL_PIN(atoll_header, members_offset, 64);
ATOLL_PIN(atoll_header, arena_offset, 96);
ATOLL_PIN(atoll_header, job_slots, 112);
ATOLL_PIN(atoll_header, group_name, 128);
ATOLL_PIN(atoll_header, region_name, 192);
ATOLL_PIN(atoll_header, state, 256);
ATOLL_PIN(atoll_header, epoch, 320);
ATOLL_PIN(atoll_header, host_heartbeat, 384);
ATOLL_PIN(atoll_header, directory_lock, 448);
ATOLL_PIN(atoll_header, last_job, 576);
ATOLL_PIN(atoll_header, sleepers, 640);
ATOLL_PIN(atoll_header, silent, 648);
_Static_assert(sizeof(struct atoll_header) == ATOLL_PAGE, "the header is one page");

ATOLL_PIN(atoll_member, incarnation, 16);
ATOLL_PIN(atoll_member, state, 24);
ATOLL_PIN(atoll_member, name, 32);
ATOLL_PIN(atoll_member, joined_incarnation, 64);
ATOLL_PIN(atoll_member, presence, 72);
ATOLL_PIN(atoll_member, heartbeat, 128);
ATOLL_PIN(atoll_member, attention, 192);
_Static_assert(sizeof(struct atoll_member) == 4 * ATOLL_LINE, "a member is four lines");

ATOLL_PIN(atoll_object, job, 24);
ATOLL_PIN(atoll_object, kind, 40);
ATOLL_PIN(atoll_object, name_hash, 48);
ATOLL_PIN(atoll_object, name, 64);
_Static_assert(sizeof(struct atoll_object) == 2 * ATOLL_LINE, "an object entry is two lines");

ATOLL_PIN(atoll_job_part, slot, 16);
ATOLL_PIN(atoll_job_part, status, 24);
ATOLL_PIN(atoll_job_part, flags, 32);
_Static_assert(sizeof(struct atoll_job_part) == ATOLL_LINE, "a part is one line");
ATOLL_PIN(atoll_job, parts, 16);
ATOLL_PIN(atoll_job, launcher_slot, 64);
ATOLL_PIN(atoll_job, signal, 128);
ATOLL_PIN(atoll_job, input, 192);
ATOLL_PIN(atoll_job, part, 256);
_Static_assert(sizeof(struct atoll_job) == 4 * ATOLL_LINE + ATOLL_MEMBER_SLOTS * ATOLL_LINE,
               "a job is four lines and a line a member");

ATOLL_PIN(atoll_ring, head, 64);
ATOLL_PIN(atoll_ring, tail, 128);
_Static_assert(sizeof(struct atoll_ring) == 3 * ATOLL_LINE, "a ring's head is three lines");

#undef ATOLL_PIN

#include "atoll_abi_team.h"

#endif  // ATOLL_ABI_H
