// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * NAT64's fast path: translates between IPv6 and IPv4 (RFC 7915) at tc egress of the device `nat64` and puts the result into the same
 * device's ingress, where the kernel routes, tracks and masquerades it. Only addresses and headers change here; ports and state are the
 * kernel's. What is not translated here goes on to the device itself, where tayga reads it.
 *
 * Nearly all packets take a shortcut past the kernel's IPv6: plain TCP and UDP of nodes is translated as it arrives at the node network's
 * interface (`shortcut`), and answers leave by that interface at once. All that is special takes the way above.
 *
 * The kernel around it does the rest: it has reassembled and fragmented again (conntrack), so fragments come complete and in order; it
 * counts hop limits down; it answers what is too big (routes with an MTU). nat64.nft leaves the length of the whole datagram in the
 * mark of its fragments, which ICMP's checksum needs: the pseudo-header of ICMPv6 has it, and ICMPv4 has no pseudo-header.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/if_packet.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* Some helpers of the kernel ask for it; this file may be used under either licence. */
char _license[] SEC("license") = "GPL";

enum { refused_most = 64 };

/* Filled in by the start-up (dind64-engine), which finds it in the object by its first 16 bytes. */
struct config {
	char magic[16];
	__u8 prefix[12];     /* of 96 bits */
	__u32 pool;          /* network address of the pool, a /15, host byte order */
	__u8 node_net[16];   /* the node network; its first 2^16 addresses map one to one */
	__u8 translator[16]; /* tayga's own address */
	__u32 mtu;           /* of the node network */
	__u32 device;        /* index of the device `nat64` */
	__u32 node_leg;      /* index of the interface on the node network; 0: no shortcuts */
	__u32 refused_count; /* what the rules refuse, which the shortcut must leave to them */
	struct { __u32 network, mask; } refused[refused_most]; /* host byte order */
};
const volatile struct config config = { .magic = { 'd', 'i', 'n', 'd', '6', '4', ' ', 'n', 'a', 't', '6', '4', ' ', 'c', 'f', 'g' } };

/*
 * The pool by offset: tayga's own dynamic addresses; ours, for sources outside the node network's first 2^16; those of that range.
 * Both translators hold to this (render/nat64.ts), so that neither gives an address of the other's.
 */
enum { dynamic_first = 0x4000, dynamic_size = 0xc000, fixed_first = 0x10000, pool_size = 0x20000 };

/* linux/icmp.h needs the C library of the machine that compiles. */
enum { ICMP_ECHOREPLY = 0, ICMP_DEST_UNREACH = 3, ICMP_ECHO = 8, ICMP_TIME_EXCEEDED = 11, ICMP_PARAMETERPROB = 12 };
enum {
	ICMP_NET_UNREACH, ICMP_HOST_UNREACH, ICMP_PROT_UNREACH, ICMP_PORT_UNREACH, ICMP_FRAG_NEEDED, ICMP_SR_FAILED, ICMP_NET_UNKNOWN, ICMP_HOST_UNKNOWN,
	ICMP_HOST_ISOLATED, ICMP_NET_ANO, ICMP_HOST_ANO, ICMP_NET_UNR_TOS, ICMP_HOST_UNR_TOS, ICMP_PKT_FILTERED, ICMP_PREC_VIOLATION, ICMP_PREC_CUTOFF,
};

/* Marks that nat64.nft counts by: translated, or dropped there for a reason. */
enum mark {
	mark_translated = 0x6400,
	mark_malformed,
	mark_no_mapping,
	mark_pool_full,
	mark_zero_checksum,
	mark_unknown_icmp,
	mark_shortcut,
};
/* nat64.nft: the upper half of the mark of a packet whose lower half is the length of the whole datagram. */
enum { mark_length = 0x64, mark_length_may_fragment = 0x65 };

/* Later than any connection that the kernel still knows to be alive by RFC 5382 and RFC 6146 (2 h 4 min). */
#define idle_ns (8000ULL * 1000 * 1000 * 1000)

struct host {
	struct bpf_spin_lock lock;
	__u32 used;
	__u64 last_ns;
	struct in6_addr address;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, dynamic_size);
	__type(key, __u32);
	__type(value, struct host);
} hosts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, dynamic_size);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct in6_addr);
	__type(value, __u32);
} slots SEC(".maps");

/* Where the search for a free slot goes on; a lost update only means a second look at a slot. */
__u32 next_slot;


struct fragment_header {
	__u8 next_header;
	__u8 reserved;
	__be16 offset; /* 13 bits, 2 reserved, more fragments */
	__be32 id;
};

struct icmp_header {
	__u8 type;
	__u8 code;
	__sum16 check;
	__u8 rest[4]; /* identifier and sequence number, MTU, pointer, or the length of RFC 4884 */
};

/* Of ICMPv6's and, without its addresses, of the other checksums. */
struct pseudo_header {
	struct in6_addr src;
	struct in6_addr dst;
	__be32 length;
	__be32 next_header;
};

static __always_inline __u16 fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

/* Hands the packet to nat64.nft, which counts the mark, and drops it there if it is not `mark_translated`. */
static __always_inline int back(struct __sk_buff *skb, __u32 mark)
{
	skb->mark = mark;
	return bpf_redirect(skb->ifindex, BPF_F_INGRESS);
}

static __always_inline int has_prefix(const struct in6_addr *address)
{
	const volatile __u32 *p = (const volatile __u32 *)config.prefix;
	const __u32 *a = address->s6_addr32;
	return a[0] == p[0] && a[1] == p[1] && a[2] == p[2];
}

static __always_inline void embed(struct in6_addr *address, __be32 ipv4)
{
	const volatile __u32 *p = (const volatile __u32 *)config.prefix;
	address->s6_addr32[0] = p[0];
	address->s6_addr32[1] = p[1];
	address->s6_addr32[2] = p[2];
	address->s6_addr32[3] = ipv4;
}

/* RFC 6052 3.1: what the well-known prefix must not hold, as far as a router can be the sender of an ICMP error. */
static __always_inline int unfit_for_prefix(__be32 ipv4)
{
	const volatile __u32 *p = (const volatile __u32 *)config.prefix;
	__u32 a = bpf_ntohl(ipv4);
	if (p[0] != bpf_htonl(0x0064ff9b) || p[1] != 0 || p[2] != 0) return 0;
	return a >> 24 == 10 || a >> 20 == 0xac1 || a >> 16 == 0xc0a8 || a >> 22 == 0x191 || a >> 16 == 0xa9fe || a >> 24 == 127;
}

/* Its offset in the pool, when its place there is fixed; else 0. */
static __always_inline __u32 fixed_offset(const struct in6_addr *address)
{
	const volatile __u32 *n = (const volatile __u32 *)config.node_net;
	const __u32 *a = address->s6_addr32;
	if (a[0] != n[0] || a[1] != n[1] || a[2] != n[2] || address->s6_addr16[6] != ((const volatile __u16 *)config.node_net)[6]) return 0;
	return fixed_first + bpf_ntohs(address->s6_addr16[7]);
}

static __always_inline void touch(struct host *host)
{
	__u64 now = bpf_ktime_get_ns();
	if (now - host->last_ns > 1000000000ULL) host->last_ns = now;
}

/* A slot for a source that has none: a free one, or one that nobody has used for hours. */
static __noinline int claim_slot(struct in6_addr *address, __u32 *offset)
{
	__u64 now = bpf_ktime_get_ns();
	if (address == 0 || offset == 0) return 0;
	for (int i = 0; i < 32; i++) {
		__u32 slot = next_slot++ % dynamic_size, taken = 0, stale = 0;
		struct host *host = bpf_map_lookup_elem(&hosts, &slot);
		struct in6_addr former;
		if (host == 0) return 0;
		bpf_spin_lock(&host->lock);
		if (host->used == 0 || now - host->last_ns > idle_ns) {
			stale = host->used;
			former = host->address;
			host->address = *address;
			host->last_ns = now;
			host->used = taken = 1;
		}
		bpf_spin_unlock(&host->lock);
		if (taken == 0) continue;
		if (stale != 0) bpf_map_delete_elem(&slots, &former);
		if (bpf_map_update_elem(&slots, address, &slot, BPF_NOEXIST) != 0) {
			/* Another CPU was quicker for the same source. */
			__u32 *known = bpf_map_lookup_elem(&slots, address);
			host->used = 0;
			if (known == 0) return 0;
			slot = *known;
		}
		*offset = dynamic_first + slot;
		return 1;
	}
	return 0;
}

/* The IPv4 address that stands for a source; `make`: gives it one. 0: it has none. */
static __always_inline __be32 to_pool(struct in6_addr *address, int make)
{
	__u32 offset = fixed_offset(address);
	if (offset == 0) {
		__u32 *slot = bpf_map_lookup_elem(&slots, address);
		if (slot != 0) {
			__u32 index = *slot;
			struct host *host = bpf_map_lookup_elem(&hosts, &index);
			if (host != 0) touch(host);
			offset = dynamic_first + index;
		} else if (make == 0 || claim_slot(address, &offset) == 0) {
			return 0;
		}
	}
	return bpf_htonl(config.pool + offset);
}

enum owner { nobody, ours, tayga };

/* The source that an address of the pool stands for. */
static __always_inline enum owner from_pool(struct in6_addr *address, __be32 ipv4)
{
	__u32 offset = bpf_ntohl(ipv4) - config.pool;
	if (offset >= pool_size || offset < dynamic_first) return tayga;
	if (offset >= fixed_first) {
		const volatile __u32 *n = (const volatile __u32 *)config.node_net;
		address->s6_addr32[0] = n[0];
		address->s6_addr32[1] = n[1];
		address->s6_addr32[2] = n[2];
		address->s6_addr16[6] = ((const volatile __u16 *)config.node_net)[6];
		address->s6_addr16[7] = bpf_htons(offset - fixed_first);
		return ours;
	}
	__u32 slot = offset - dynamic_first, used;
	struct host *host = bpf_map_lookup_elem(&hosts, &slot);
	if (host == 0) return nobody;
	bpf_spin_lock(&host->lock);
	used = host->used;
	*address = host->address;
	bpf_spin_unlock(&host->lock);
	if (used == 0) return nobody;
	touch(host);
	return ours;
}

/* Length of the datagram that a fragment belongs to, header of IP included; 0: the rules left none. */
static __always_inline __u32 datagram_length(const struct __sk_buff *skb)
{
	__u32 kind = skb->mark >> 16;
	return kind == mark_length || kind == mark_length_may_fragment ? skb->mark & 0xffff : 0;
}

/* Ones' complement sum of the packet from `offset` on. Not static: the verifier looks at it once, and not at each call. */
__noinline __u32 sum_packet(struct __sk_buff *skb, __u32 offset)
{
	__u32 words[16], sum = 0;
	for (int i = 0; i < 1024; i++) {
		__u64 left = skb->len - offset;
		if (offset >= skb->len) return sum;
		if (left < sizeof(words)) {
			__builtin_memset(words, 0, sizeof(words));
			/* What the compiler knows already the verifier must see. */
			asm volatile("%0 &= 63" : "+r"(left));
			if (left == 0 || bpf_skb_load_bytes(skb, offset, words, left) < 0) return sum;
		} else if (bpf_skb_load_bytes(skb, offset, words, sizeof(words)) < 0) {
			return sum;
		}
		sum = bpf_csum_diff(0, 0, words, sizeof(words), sum);
		offset += sizeof(words);
	}
	return sum;
}

/* The kernel counts down at both sides of us, and a translator is one hop (RFC 7915 4.1, 5.1). */
static __always_inline __u8 one_hop(__u8 limit)
{
	return limit == 255 ? limit : limit + 1;
}

static __always_inline void finish_ipv4(struct iphdr *ip)
{
	ip->version = 4;
	ip->ihl = 5;
	ip->check = 0;
	ip->check = ~fold(bpf_csum_diff(0, 0, (__be32 *)ip, sizeof(*ip), 0));
}

/* Where a header of TCP or UDP has its checksum; 0: it is neither. */
static __always_inline __u32 checksum_offset(__u8 protocol)
{
	return protocol == IPPROTO_TCP ? 16 : protocol == IPPROTO_UDP ? 6 : 0;
}

/* The tables of RFC 7915 5.2, types and codes alone; the rest of the header is `translate_rest6`'s. 0: not translated. */
static __always_inline int icmp_error_to4(struct icmp_header *icmp)
{
	switch (icmp->type) {
	case ICMPV6_DEST_UNREACH:
		switch (icmp->code) {
		case 0: case 2: case 3: icmp->code = ICMP_HOST_UNREACH; break;
		case 1: icmp->code = ICMP_HOST_ANO; break;
		case 4: icmp->code = ICMP_PORT_UNREACH; break;
		default: return 0;
		}
		icmp->type = ICMP_DEST_UNREACH;
		return 1;
	case ICMPV6_PKT_TOOBIG: {
		__u32 mtu;
		__builtin_memcpy(&mtu, icmp->rest, 4);
		mtu = bpf_ntohl(mtu);
		mtu = mtu < 88 ? 68 : mtu - 20;
		if (mtu > config.mtu - 20) mtu = config.mtu - 20;
		icmp->rest[0] = icmp->rest[1] = 0;
		icmp->rest[2] = mtu >> 8;
		icmp->rest[3] = mtu;
		icmp->type = ICMP_DEST_UNREACH;
		icmp->code = ICMP_FRAG_NEEDED;
		return 1;
	}
	case ICMPV6_TIME_EXCEED:
		icmp->type = ICMP_TIME_EXCEEDED;
		return icmp->code <= 1;
	case ICMPV6_PARAMPROB: {
		__u32 pointer;
		__builtin_memcpy(&pointer, icmp->rest, 4);
		pointer = bpf_ntohl(pointer);
		__builtin_memset(icmp->rest, 0, 4);
		if (icmp->code == ICMPV6_UNK_NEXTHDR) {
			icmp->type = ICMP_DEST_UNREACH;
			icmp->code = ICMP_PROT_UNREACH;
			return 1;
		}
		if (icmp->code != ICMPV6_HDR_FIELD || pointer > 39 || pointer == 2 || pointer == 3) return 0;
		icmp->type = ICMP_PARAMETERPROB;
		icmp->rest[0] = pointer < 2 ? pointer : pointer < 6 ? 2 : pointer == 6 ? 9 : pointer == 7 ? 8 : pointer < 24 ? 12 : 16;
		return 1;
	}
	default:
		return 0;
	}
}

/* RFC 1191 7: the next smaller plateau, for routers that tell no MTU. */
static __always_inline __u32 plateau(__u32 length)
{
	return length > 32000 ? 32000 : length > 17914 ? 17914 : length > 8166 ? 8166 : length > 4352 ? 4352 : length > 2002 ? 2002 : length > 1492 ? 1492 : 1006;
}

/* The tables of RFC 7915 4.2. 0: not translated. */
static __always_inline int icmp_error_to6(struct icmp_header *icmp, __u32 inner_length)
{
	__u32 pointer = 0;
	switch (icmp->type) {
	case ICMP_DEST_UNREACH:
		icmp->type = ICMPV6_DEST_UNREACH;
		switch (icmp->code) {
		case ICMP_FRAG_NEEDED: {
			__u32 mtu = icmp->rest[2] << 8 | icmp->rest[3];
			mtu = (mtu == 0 ? plateau(inner_length) : mtu) + 20;
			if (mtu > config.mtu) mtu = config.mtu;
			if (mtu < 1280) mtu = 1280;
			mtu = bpf_htonl(mtu);
			__builtin_memcpy(icmp->rest, &mtu, 4);
			icmp->type = ICMPV6_PKT_TOOBIG;
			icmp->code = 0;
			return 1;
		}
		case ICMP_PROT_UNREACH:
			icmp->type = ICMPV6_PARAMPROB;
			icmp->code = ICMPV6_UNK_NEXTHDR;
			pointer = 6;
			break;
		case ICMP_PORT_UNREACH: icmp->code = ICMPV6_PORT_UNREACH; break;
		case ICMP_NET_ANO: case ICMP_HOST_ANO: case ICMP_PKT_FILTERED: case ICMP_PREC_CUTOFF: icmp->code = ICMPV6_ADM_PROHIBITED; break;
		case ICMP_NET_UNREACH: case ICMP_HOST_UNREACH: case ICMP_SR_FAILED: case ICMP_NET_UNKNOWN: case ICMP_HOST_UNKNOWN: case ICMP_HOST_ISOLATED:
		case ICMP_NET_UNR_TOS: case ICMP_HOST_UNR_TOS: icmp->code = ICMPV6_NOROUTE; break;
		default: return 0;
		}
		break;
	case ICMP_TIME_EXCEEDED:
		if (icmp->code > 1) return 0;
		icmp->type = ICMPV6_TIME_EXCEED;
		break;
	case ICMP_PARAMETERPROB: {
		__u32 from = icmp->rest[0];
		if (icmp->code != 0 && icmp->code != 2) return 0;
		if ((from >= 4 && from <= 7) || from == 10 || from == 11 || from > 19) return 0;
		pointer = from < 2 ? from : from < 4 ? 4 : from == 8 ? 7 : from == 9 ? 6 : from < 16 ? 8 : 24;
		icmp->type = ICMPV6_PARAMPROB;
		icmp->code = ICMPV6_HDR_FIELD;
		break;
	}
	default:
		return 0;
	}
	pointer = bpf_htonl(pointer);
	__builtin_memcpy(icmp->rest, &pointer, 4);
	return 1;
}

/* A ping's type in the other family; 0: not a ping (ICMPv4's echo reply is handled by the callers' families). */
static __always_inline int echo_to4(__u8 *type)
{
	if (*type != ICMPV6_ECHO_REQUEST && *type != ICMPV6_ECHO_REPLY) return 0;
	*type = *type == ICMPV6_ECHO_REQUEST ? ICMP_ECHO : ICMP_ECHOREPLY;
	return 1;
}

static __always_inline int echo_to6(__u8 *type)
{
	if (*type != ICMP_ECHO && *type != ICMP_ECHOREPLY) return 0;
	*type = *type == ICMP_ECHO ? ICMPV6_ECHO_REQUEST : ICMPV6_ECHO_REPLY;
	return 1;
}

/* What changes at the start of an inner packet's transport header: its type, and its checksum by `change`. */
struct inner_change {
	__u32 offset; /* in that header, of two bytes; 0: none */
	__u16 check;
	__u16 word;   /* type and code of ICMP */
	__u32 sum;    /* what it adds to the checksum of the packet around it */
};

/*
 * The transport header of a packet inside of an ICMP error, at `at`. `addresses`: what the change of addresses adds to a checksum that
 * covers them; `pseudo`: the pseudo-header of ICMPv6, added when `to6`, taken away otherwise. What is cut off is left alone.
 */
static __always_inline int change_inner(struct __sk_buff *skb, __u32 at, __u8 protocol, int to6, __u32 addresses, __u32 pseudo, struct inner_change *change)
{
	__u32 offset = checksum_offset(protocol);
	__u16 old;
	if (offset != 0) {
		if (bpf_skb_load_bytes(skb, at + offset, &old, 2) < 0 || (old == 0 && protocol == IPPROTO_UDP)) return 1;
		change->offset = offset;
		change->check = ~fold(fold(addresses) + (__u16)~old);
		if (change->check == 0 && protocol == IPPROTO_UDP) change->check = 0xffff;
		change->sum = (__u16)~old + change->check;
	} else if (protocol == (to6 ? IPPROTO_ICMP : IPPROTO_ICMPV6)) {
		__u8 head[4];
		__u16 word;
		if (bpf_skb_load_bytes(skb, at, head, 4) < 0) return 1;
		__builtin_memcpy(&word, head, 2);
		__builtin_memcpy(&old, head + 2, 2);
		/* No error is about an error. */
		if ((to6 ? echo_to6(&head[0]) : echo_to4(&head[0])) == 0) return 0;
		__builtin_memcpy(&change->word, head, 2);
		change->offset = 2;
		change->check = ~fold(fold((__u16)~old + (__u16)~word + change->word) + fold(pseudo));
		change->sum = (__u16)~old + change->check + (__u16)~word + change->word;
	}
	return 1;
}

static __always_inline void store_inner(struct __sk_buff *skb, __u32 at, int icmp, const struct inner_change *change)
{
	if (change->offset == 0) return;
	if (icmp != 0) bpf_skb_store_bytes(skb, at, &change->word, 2, 0);
	bpf_skb_store_bytes(skb, at + change->offset, &change->check, 2, 0);
}

/* An ICMPv6 error whose ICMPv6 header is at `at`, `extra` bytes behind IPv6's: RFC 7915 5.2 and 5.3. */
static __noinline int error_to4(struct __sk_buff *skb, struct iphdr *outer, struct pseudo_header *pseudo)
{
	struct { struct icmp_header icmp; struct ipv6hdr ip; struct fragment_header fragment; } from = {};
	struct { struct icmp_header icmp; struct iphdr ip; } to = {};
	struct inner_change change = {};
	struct pseudo_header inner_pseudo;
	__u32 at, extra, inner, sum, size = sizeof(from.icmp) + sizeof(from.ip), length;
	__u8 protocol;
	if (outer == 0 || pseudo == 0) return mark_malformed;
	at = outer->tot_len; /* lent by the caller: where the ICMPv6 header is */
	extra = at - sizeof(struct ipv6hdr);

	if (bpf_skb_load_bytes(skb, at, &from, sizeof(from.icmp) + sizeof(from.ip)) < 0) return mark_malformed;
	if (from.ip.version != 6 || !has_prefix(&from.ip.saddr)) return mark_malformed;
	protocol = from.ip.nexthdr;
	length = bpf_ntohs(from.ip.payload_len);
	inner = at + size;
	to.ip.frag_off = length + sizeof(struct iphdr) > 1260 ? bpf_htons(0x4000) : 0;
	if (protocol == IPPROTO_FRAGMENT) {
		if (bpf_skb_load_bytes(skb, inner, &from.fragment, sizeof(from.fragment)) < 0) return mark_malformed;
		protocol = from.fragment.next_header;
		size += sizeof(from.fragment);
		inner += sizeof(from.fragment);
		length -= sizeof(from.fragment);
		to.ip.frag_off = bpf_htons(bpf_ntohs(from.fragment.offset) >> 3) | (from.fragment.offset & bpf_htons(1) ? bpf_htons(0x2000) : 0);
		to.ip.id = bpf_htons(bpf_ntohl(from.fragment.id));
	}
	to.ip.saddr = from.ip.saddr.s6_addr32[3];
	to.ip.daddr = to_pool(&from.ip.daddr, 0);
	if (to.ip.daddr == 0) return mark_no_mapping;
	to.ip.protocol = protocol == IPPROTO_ICMPV6 ? IPPROTO_ICMP : protocol;
	to.ip.ttl = from.ip.hop_limit;
	to.ip.tos = from.ip.priority << 4 | from.ip.flow_lbl[0] >> 4;
	to.ip.tot_len = bpf_htons(length + sizeof(struct iphdr));
	finish_ipv4(&to.ip);

	to.icmp = from.icmp;
	if (!icmp_error_to4(&to.icmp)) return mark_unknown_icmp;
	to.icmp.check = 0;
	/* RFC 4884: from words of 64 bits in the fifth byte to words of 32 bits in the sixth; 128 bytes are the least. */
	if (to.icmp.type == ICMP_TIME_EXCEEDED || (to.icmp.type == ICMP_DEST_UNREACH && from.icmp.type == ICMPV6_DEST_UNREACH)) {
		__u32 quoted = from.icmp.rest[0] * 2, less = 5 + (size > 48 ? 2 : 0);
		to.icmp.rest[0] = 0;
		to.icmp.rest[1] = quoted >= 32 + less && quoted - less < 256 ? quoted - less : 0;
	}

	inner_pseudo.src = from.ip.saddr;
	inner_pseudo.dst = from.ip.daddr;
	inner_pseudo.length = bpf_htonl(length);
	inner_pseudo.next_header = bpf_htonl(IPPROTO_ICMPV6);
	/* A later fragment has no transport header. */
	if ((to.ip.frag_off & bpf_htons(0x1fff)) == 0) {
		__u32 addresses = bpf_csum_diff((__be32 *)&from.ip.saddr, 32, &to.ip.saddr, 8, 0);
		__u32 without = bpf_csum_diff((__be32 *)&inner_pseudo, sizeof(inner_pseudo), 0, 0, 0);
		if (!change_inner(skb, inner, protocol, 0, addresses, without, &change)) return mark_unknown_icmp;
	}

	/* The checksum as it came, minus all that goes, plus all that comes: one that was wrong stays wrong. */
	sum = (__u16)~from.icmp.check;
	from.icmp.check = 0;
	sum = bpf_csum_diff((__be32 *)pseudo, sizeof(*pseudo), 0, 0, sum);
	sum = bpf_csum_diff((__be32 *)&from, sizeof(from), (__be32 *)&to, sizeof(to), sum);
	to.icmp.check = ~fold(fold(sum) + fold(change.sum));

	if (bpf_skb_change_proto(skb, bpf_htons(ETH_P_IP), 0) < 0) return 0;
	if (bpf_skb_adjust_room(skb, -(__s32)(extra + size - sizeof(to)), BPF_ADJ_ROOM_NET, 0) < 0) return mark_malformed;
	outer->tot_len = bpf_htons(skb->len);
	if (skb->len <= 1260) outer->frag_off = 0;
	finish_ipv4(outer);
	if (bpf_skb_store_bytes(skb, 0, outer, sizeof(*outer), 0) < 0) return mark_malformed;
	if (bpf_skb_store_bytes(skb, sizeof(*outer), &to, sizeof(to), 0) < 0) return mark_malformed;
	store_inner(skb, sizeof(*outer) + sizeof(to), protocol == IPPROTO_ICMPV6, &change);
	return mark_translated;
}

/* Skips what RFC 7915 5.1.1 lets a translator drop; the last header's type in `next`. -1: not for here. */
static __always_inline int skip_headers(struct __sk_buff *skb, __u8 *next, struct fragment_header *fragment, __u32 *fragmented)
{
	__u32 at = sizeof(struct ipv6hdr);
	for (int i = 0; i < 6; i++) {
		struct { __u8 next, length, type, left; } header;
		if (*next == IPPROTO_FRAGMENT) {
			if (*fragmented != 0 || bpf_skb_load_bytes(skb, at, fragment, sizeof(*fragment)) < 0) return -1;
			*fragmented = 1;
			*next = fragment->next_header;
			at += sizeof(*fragment);
			continue;
		}
		if (*next != IPPROTO_HOPOPTS && *next != IPPROTO_DSTOPTS && *next != IPPROTO_ROUTING) return at;
		/* A header that the fragments share cannot be taken from one of them. */
		if (*fragmented != 0 && (fragment->offset & bpf_htons(0xfff9)) != 0) return -1;
		if (bpf_skb_load_bytes(skb, at, &header, sizeof(header)) < 0) return -1;
		/* The answer to a source route that is not at its end (parameter problem) is tayga's. */
		if (*next == IPPROTO_ROUTING && header.left != 0) return -1;
		*next = header.next;
		at += (header.length + 1) * 8;
	}
	return -1;
}

static __noinline int to_ipv4(struct __sk_buff *skb)
{
	struct ipv6hdr from;
	struct fragment_header fragment = {};
	struct iphdr to = {};
	struct pseudo_header pseudo;
	__u32 fragmented = 0, sum = 0, check = 0, length, later;
	int at, flags = BPF_F_PSEUDO_HDR, type = -1;
	__u8 next;

	if (bpf_skb_load_bytes(skb, 0, &from, sizeof(from)) < 0 || from.version != 6) return TC_ACT_SHOT;
	if (!has_prefix(&from.daddr)) return TC_ACT_OK;
	next = from.nexthdr;
	at = skip_headers(skb, &next, &fragment, &fragmented);
	if (at < 0) return TC_ACT_OK;
	if (skb->gso_size != 0 && at != sizeof(from)) return TC_ACT_OK;
	length = skb->len - at;
	if ((__u32)at > skb->len || length > 65515) return back(skb, mark_malformed);

	to.saddr = to_pool(&from.saddr, 1);
	if (to.saddr == 0) return back(skb, mark_pool_full);
	to.daddr = from.daddr.s6_addr32[3];
	to.protocol = next == IPPROTO_ICMPV6 ? IPPROTO_ICMP : next;
	to.ttl = one_hop(from.hop_limit);
	to.tos = from.priority << 4 | from.flow_lbl[0] >> 4;
	to.tot_len = bpf_htons(sizeof(to) + length);
	/* RFC 7915 5.1: what fits into the least MTU of IPv6 may be fragmented behind us. */
	if ((skb->gso_size != 0 ? skb->gso_size + 40 : sizeof(to) + length) > 1260) to.frag_off = bpf_htons(0x4000);
	else to.id = bpf_get_prandom_u32();
	if (fragmented != 0) {
		to.frag_off = bpf_htons(bpf_ntohs(fragment.offset) >> 3) | (fragment.offset & bpf_htons(1) ? bpf_htons(0x2000) : 0);
		to.id = bpf_htons(bpf_ntohl(fragment.id));
	}
	later = to.frag_off & bpf_htons(0x1fff);

	if (next == IPPROTO_ICMP) return back(skb, mark_unknown_icmp);
	if (next == IPPROTO_ICMPV6 && later == 0) {
		struct icmp_header icmp;
		__u32 whole = length;
		if (bpf_skb_load_bytes(skb, at, &icmp, sizeof(icmp)) < 0) return back(skb, mark_malformed);
		if (to.frag_off & bpf_htons(0x2000)) {
			whole = datagram_length(skb);
			if (whole < (__u32)at) return back(skb, mark_malformed);
			/* The rules have seen it without the fragment header. */
			whole -= at - sizeof(fragment);
		}
		pseudo.src = from.saddr;
		pseudo.dst = from.daddr;
		pseudo.length = bpf_htonl(whole);
		pseudo.next_header = bpf_htonl(IPPROTO_ICMPV6);
		if (icmp.type < 128) {
			int mark;
			if (to.frag_off & bpf_htons(0x3fff)) return back(skb, mark_malformed);
			to.tot_len = at;
			mark = error_to4(skb, &to, &pseudo);
			return mark == 0 ? TC_ACT_OK : back(skb, mark);
		}
		__u32 before = icmp.type << 8 | icmp.code, after;
		if (icmp.code != 0 || !echo_to4(&icmp.type)) return back(skb, mark_unknown_icmp);
		after = icmp.type << 8 | icmp.code;
		before = bpf_htons(before);
		after = bpf_htons(after);
		type = icmp.type;
		sum = bpf_csum_diff((__be32 *)&pseudo, sizeof(pseudo), 0, 0, 0);
		sum = bpf_csum_diff(&before, 4, &after, 4, sum);
		check = 2;
		flags = 0;
	} else if (later == 0) {
		check = checksum_offset(next);
		sum = bpf_csum_diff((__be32 *)&from.saddr, 32, &to.saddr, 8, 0);
		if (next == IPPROTO_UDP) {
			__u16 present;
			/* RFC 8200 8.1: IPv6 knows no UDP without a checksum. */
			if (bpf_skb_load_bytes(skb, at + 6, &present, 2) < 0) return back(skb, mark_malformed);
			if (present == 0) return back(skb, mark_zero_checksum);
			flags |= BPF_F_MARK_MANGLED_0;
		}
	}

	finish_ipv4(&to);
	/* Refused on some kernels for what GSO has put together: the device takes that apart and tayga translates it. */
	if (bpf_skb_change_proto(skb, bpf_htons(ETH_P_IP), 0) < 0) return TC_ACT_OK;
	if (at != sizeof(from) && bpf_skb_adjust_room(skb, -(at - (__s32)sizeof(from)), BPF_ADJ_ROOM_NET, 0) < 0) return TC_ACT_SHOT;
	if (bpf_skb_store_bytes(skb, 0, &to, sizeof(to), 0) < 0) return TC_ACT_SHOT;
	if (type >= 0) {
		__u8 translated = type;
		bpf_skb_store_bytes(skb, sizeof(to), &translated, 1, 0);
	}
	if (check != 0) bpf_l4_csum_replace(skb, sizeof(to) + check, 0, sum, flags);
	return back(skb, mark_translated);
}

/* An ICMPv4 error whose ICMPv4 header is at `outer->payload_len`: RFC 7915 4.2 and 4.3. */
static __noinline int error_to6(struct __sk_buff *skb, struct ipv6hdr *outer)
{
	struct { struct icmp_header icmp; struct iphdr ip; } from;
	struct { struct icmp_header icmp; struct ipv6hdr ip; struct fragment_header fragment; } to = {};
	struct inner_change change = {};
	struct pseudo_header pseudo;
	__u32 at, inner, length, options, size = sizeof(to.icmp) + sizeof(to.ip), addresses, with, least;
	int grows;
	__u8 protocol;
	if (outer == 0) return mark_malformed;
	at = outer->payload_len;

	if (bpf_skb_load_bytes(skb, at, &from, sizeof(from)) < 0) return mark_malformed;
	if (from.ip.version != 4 || from.ip.ihl < 5) return mark_malformed;
	protocol = from.ip.protocol;
	options = from.ip.ihl * 4 - sizeof(from.ip);
	length = bpf_ntohs(from.ip.tot_len) - from.ip.ihl * 4;
	if (length > 65535) return mark_malformed;
	inner = at + sizeof(from) + options;
	switch (from_pool(&to.ip.saddr, from.ip.saddr)) {
	case nobody: return mark_no_mapping;
	case tayga: return 0;
	case ours: break;
	}
	embed(&to.ip.daddr, from.ip.daddr);
	to.icmp = from.icmp;
	if (!icmp_error_to6(&to.icmp, bpf_ntohs(from.ip.tot_len))) return mark_unknown_icmp;

	pseudo.src = to.ip.saddr;
	pseudo.dst = to.ip.daddr;
	pseudo.length = bpf_htonl(length);
	pseudo.next_header = bpf_htonl(IPPROTO_ICMPV6);
	if ((from.ip.frag_off & bpf_htons(0x1fff)) == 0) {
		addresses = bpf_csum_diff(&from.ip.saddr, 8, (__be32 *)&to.ip.saddr, 32, 0);
		with = bpf_csum_diff(0, 0, (__be32 *)&pseudo, sizeof(pseudo), 0);
		if (!change_inner(skb, inner, protocol, 1, addresses, with, &change)) return mark_unknown_icmp;
	}
	to.ip.version = 6;
	to.ip.priority = from.ip.tos >> 4;
	to.ip.flow_lbl[0] = from.ip.tos << 4;
	to.ip.hop_limit = from.ip.ttl;
	to.ip.nexthdr = protocol == IPPROTO_ICMP ? IPPROTO_ICMPV6 : protocol;
	if (from.ip.frag_off & bpf_htons(0x3fff)) {
		to.fragment.next_header = to.ip.nexthdr;
		to.fragment.offset = bpf_htons(bpf_ntohs(from.ip.frag_off) << 3 | (from.ip.frag_off & bpf_htons(0x2000) ? 1 : 0));
		to.fragment.id = bpf_htonl(bpf_ntohs(from.ip.id));
		to.ip.nexthdr = IPPROTO_FRAGMENT;
		size += sizeof(to.fragment);
		length += sizeof(to.fragment);
	}
	to.ip.payload_len = bpf_htons(length);
	/* RFC 4884: from words of 32 bits in the sixth byte to words of 64 bits in the fifth; not where that would need padding inside. */
	if (from.icmp.type != ICMP_PARAMETERPROB && to.icmp.type != ICMPV6_PKT_TOOBIG) {
		__u32 quoted = from.icmp.rest[1] * 4 + size - sizeof(from) - options;
		to.icmp.rest[0] = from.icmp.rest[1] != 0 && options == 0 && (quoted & 7) == 0 ? quoted / 8 : 0;
	}

	/* An ICMPv6 error is never longer than the least MTU (RFC 4443 2.4). */
	grows = (int)size - (int)(sizeof(from) + options);
	least = skb->len - at + sizeof(*outer) + grows;
	if (least > 1280 && bpf_skb_change_tail(skb, skb->len - (least - 1280), 0) < 0) return mark_malformed;
	if (bpf_skb_change_proto(skb, bpf_htons(ETH_P_IPV6), 0) < 0) return mark_malformed;
	grows -= at - sizeof(struct iphdr);
	if (grows != 0 && bpf_skb_adjust_room(skb, grows, BPF_ADJ_ROOM_NET, 0) < 0) return mark_malformed;

	outer->payload_len = bpf_htons(skb->len - sizeof(*outer));
	to.icmp.check = 0;
	if (bpf_skb_store_bytes(skb, 0, outer, sizeof(*outer), 0) < 0) return mark_malformed;
	if (size == sizeof(to)) {
		if (bpf_skb_store_bytes(skb, sizeof(*outer), &to, sizeof(to), 0) < 0) return mark_malformed;
	} else if (bpf_skb_store_bytes(skb, sizeof(*outer), &to, sizeof(to.icmp) + sizeof(to.ip), 0) < 0) {
		return mark_malformed;
	}
	store_inner(skb, sizeof(*outer) + size, protocol == IPPROTO_ICMP, &change);

	/* Anew, since it may have been cut; what came with a wrong checksum has not passed the kernel's conntrack. */
	pseudo.src = outer->saddr;
	pseudo.dst = outer->daddr;
	pseudo.length = bpf_htonl(skb->len - sizeof(*outer));
	to.icmp.check = ~fold(bpf_csum_diff(0, 0, (__be32 *)&pseudo, sizeof(pseudo), sum_packet(skb, sizeof(*outer))));
	if (bpf_skb_store_bytes(skb, sizeof(*outer) + 2, &to.icmp.check, 2, 0) < 0) return mark_malformed;
	return mark_translated;
}

static __noinline int to_ipv6(struct __sk_buff *skb)
{
	struct iphdr from;
	struct ipv6hdr to = {};
	struct fragment_header fragment = {};
	struct pseudo_header pseudo;
	__u32 sum = 0, check = 0, length, at, later, fragmented;
	int flags = BPF_F_PSEUDO_HDR, type = -1, room, shortcut;
	__u16 udp_check = 0;

	if (bpf_skb_load_bytes(skb, 0, &from, sizeof(from)) < 0 || from.version != 4 || from.ihl < 5) return TC_ACT_SHOT;
	switch (from_pool(&to.daddr, from.daddr)) {
	case nobody: return back(skb, mark_no_mapping);
	case tayga: return TC_ACT_OK;
	case ours: break;
	}
	embed(&to.saddr, from.saddr);
	at = from.ihl * 4;
	if (skb->len < at || from.protocol == IPPROTO_ICMPV6) return back(skb, mark_malformed);
	length = skb->len - at;
	to.version = 6;
	to.priority = from.tos >> 4;
	to.flow_lbl[0] = from.tos << 4;
	to.hop_limit = one_hop(from.ttl);
	to.nexthdr = from.protocol == IPPROTO_ICMP ? IPPROTO_ICMPV6 : from.protocol;
	later = from.frag_off & bpf_htons(0x1fff);
	fragmented = from.frag_off & bpf_htons(0x3fff);

	pseudo.src = to.saddr;
	pseudo.dst = to.daddr;
	pseudo.length = bpf_htonl(length);
	pseudo.next_header = bpf_htonl(to.nexthdr);
	if (later == 0 && from.protocol == IPPROTO_ICMP) {
		struct icmp_header icmp;
		__u32 before, after;
		if (bpf_skb_load_bytes(skb, at, &icmp, sizeof(icmp)) < 0) return back(skb, mark_malformed);
		before = bpf_htons(icmp.type << 8 | icmp.code);
		if (icmp.type != ICMP_ECHO && icmp.type != ICMP_ECHOREPLY) {
			int mark;
			if (fragmented != 0) return back(skb, mark_malformed);
			/* RFC 6052 3.1, RFC 6791: a router's address that the prefix must not hold. */
			if (unfit_for_prefix(from.saddr)) __builtin_memcpy(&to.saddr, (const void *)config.translator, sizeof(to.saddr));
			to.payload_len = at;
			mark = error_to6(skb, &to);
			return mark == 0 ? TC_ACT_OK : back(skb, mark);
		}
		if (icmp.code != 0 || !echo_to6(&icmp.type)) return back(skb, mark_unknown_icmp);
		type = icmp.type;
		if (fragmented != 0) {
			__u32 whole = datagram_length(skb);
			if (whole < at) return back(skb, mark_malformed);
			pseudo.length = bpf_htonl(whole - at);
		}
		after = bpf_htons(icmp.type << 8 | icmp.code);
		sum = bpf_csum_diff(0, 0, (__be32 *)&pseudo, sizeof(pseudo), 0);
		sum = bpf_csum_diff(&before, 4, &after, 4, sum);
		check = 2;
		flags = 0;
	} else if (later == 0) {
		check = checksum_offset(from.protocol);
		sum = bpf_csum_diff(&from.saddr, 8, (__be32 *)&to.saddr, 32, 0);
		if (from.protocol == IPPROTO_UDP) {
			if (bpf_skb_load_bytes(skb, at + 6, &udp_check, 2) < 0) return back(skb, mark_malformed);
			flags |= BPF_F_MARK_MANGLED_0;
			if (udp_check == 0) {
				/* IPv6 needs one (RFC 7915 4.5). */
				if (fragmented != 0 || skb->gso_size != 0) return back(skb, mark_zero_checksum);
				udp_check = ~fold(bpf_csum_diff(0, 0, (__be32 *)&pseudo, sizeof(pseudo), sum_packet(skb, at)));
				if (udp_check == 0) udp_check = 0xffff;
				if (bpf_skb_store_bytes(skb, at + 6, &udp_check, 2, 0) < 0) return TC_ACT_SHOT;
				check = 0;
			}
		}
	}
	if (fragmented != 0) {
		fragment.next_header = to.nexthdr;
		fragment.offset = bpf_htons(bpf_ntohs(from.frag_off) << 3 | (from.frag_off & bpf_htons(0x2000) ? 1 : 0));
		fragment.id = bpf_htonl(bpf_ntohs(from.id));
		to.nexthdr = IPPROTO_FRAGMENT;
		length += sizeof(fragment);
	}
	to.payload_len = bpf_htons(length);

	room = (fragmented != 0 ? (int)sizeof(fragment) : 0) - (int)(at - sizeof(from));
	/* The kernel's IPv6 would count it down once more. */
	shortcut = config.node_leg != 0 && fragmented == 0 && check != 0 && flags & BPF_F_PSEUDO_HDR;
	if (shortcut) to.hop_limit = from.ttl;
	if (bpf_skb_change_proto(skb, bpf_htons(ETH_P_IPV6), 0) < 0) return TC_ACT_OK;
	if (room != 0 && bpf_skb_adjust_room(skb, room, BPF_ADJ_ROOM_NET, 0) < 0) return TC_ACT_SHOT;
	if (bpf_skb_store_bytes(skb, 0, &to, sizeof(to), 0) < 0) return TC_ACT_SHOT;
	at = sizeof(to);
	if (fragmented != 0) {
		if (bpf_skb_store_bytes(skb, at, &fragment, sizeof(fragment), 0) < 0) return TC_ACT_SHOT;
		at += sizeof(fragment);
	}
	if (type >= 0) {
		__u8 translated = type;
		bpf_skb_store_bytes(skb, at, &translated, 1, 0);
	}
	if (check != 0) bpf_l4_csum_replace(skb, at + check, 0, sum, flags);
	/* The helper takes the place of a header of Ethernet for granted, which this device has not. */
	if (shortcut) return bpf_skb_change_head(skb, ETH_HLEN, 0) < 0 ? TC_ACT_SHOT : bpf_redirect_neigh(config.node_leg, 0, 0, 0);
	return back(skb, mark_translated);
}

static __always_inline int is_refused(__u32 address)
{
	for (__u32 i = 0; i < refused_most && i < config.refused_count; i++)
		if ((address & config.refused[i].mask) == config.refused[i].network) return 1;
	return 0;
}

/*
 * At the ingress of the node network's interface, before the kernel's IPv6: what is translated here comes out of the device `nat64` as if it had gone in there.
 * Only what needs none of the kernel's IPv6: no fragment, no extension header, nothing that is refused, that expires or that has no fixed address of the pool.
 */
SEC("classifier")
int shortcut(struct __sk_buff *skb)
{
	struct ipv6hdr from;
	struct iphdr to = {};
	__u32 length, sum, check;
	int flags = BPF_F_PSEUDO_HDR;

	if (config.node_leg == 0 || skb->protocol != bpf_htons(ETH_P_IPV6) || skb->pkt_type != PACKET_HOST || skb->vlan_present) return TC_ACT_OK;
	if (bpf_skb_load_bytes(skb, ETH_HLEN, &from, sizeof(from)) < 0 || from.version != 6) return TC_ACT_OK;
	if (!has_prefix(&from.daddr) || from.hop_limit <= 1) return TC_ACT_OK;
	check = checksum_offset(from.nexthdr);
	length = skb->len - ETH_HLEN - sizeof(from);
	/* The kernel cuts off what is behind a packet. */
	if (check == 0 || length != bpf_ntohs(from.payload_len) || length > 65515) return TC_ACT_OK;
	to.saddr = fixed_offset(&from.saddr);
	if (to.saddr == 0 || is_refused(bpf_ntohl(from.daddr.s6_addr32[3]))) return TC_ACT_OK;
	to.saddr = bpf_htonl(config.pool + to.saddr);
	to.daddr = from.daddr.s6_addr32[3];
	to.protocol = from.nexthdr;
	to.ttl = from.hop_limit;
	to.tos = from.priority << 4 | from.flow_lbl[0] >> 4;
	to.tot_len = bpf_htons(sizeof(to) + length);
	if ((skb->gso_size != 0 ? skb->gso_size + 40 : sizeof(to) + length) > 1260) to.frag_off = bpf_htons(0x4000);
	else to.id = bpf_get_prandom_u32();
	sum = bpf_csum_diff((__be32 *)&from.saddr, 32, &to.saddr, 8, 0);
	if (from.nexthdr == IPPROTO_UDP) {
		__u16 present;
		if (bpf_skb_load_bytes(skb, ETH_HLEN + sizeof(from) + 6, &present, 2) < 0 || present == 0) return TC_ACT_OK;
		flags |= BPF_F_MARK_MANGLED_0;
	}
	finish_ipv4(&to);
	if (bpf_skb_change_proto(skb, bpf_htons(ETH_P_IP), 0) < 0) return TC_ACT_OK;
	if (bpf_skb_store_bytes(skb, ETH_HLEN, &to, sizeof(to), 0) < 0) return TC_ACT_SHOT;
	bpf_l4_csum_replace(skb, ETH_HLEN + sizeof(to) + check, 0, sum, flags);
	skb->mark = mark_shortcut;
	return bpf_redirect(config.device, BPF_F_INGRESS);
}

SEC("tc")
int nat64(struct __sk_buff *skb)
{
	if (skb->protocol == bpf_htons(ETH_P_IPV6)) return to_ipv4(skb);
	if (skb->protocol == bpf_htons(ETH_P_IP)) return to_ipv6(skb);
	return TC_ACT_OK;
}
