declare const brand: unique symbol;

/** An IPv4 or IPv6 address in canonical text (RFC 5952 for IPv6). Made by net/address.ts only. */
export type Ipv4Address = string & { [brand]: 'ipv4' };
export type Ipv6Address = string & { [brand]: 'ipv6' };
export type IpAddress = Ipv4Address | Ipv6Address;

/** A CIDR in canonical text, host bits zero: `fd00:20::/64`. Made by net/cidr.ts only. */
export type Ipv4Cidr = string & { [brand]: 'ipv4-cidr' };
export type Ipv6Cidr = string & { [brand]: 'ipv6-cidr' };
export type Cidr = Ipv4Cidr | Ipv6Cidr;
