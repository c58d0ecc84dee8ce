import { BlockList, isIP } from 'node:net';

/** An IP address, or a range of them, as `BlockList` takes it. */
type Range = readonly [network: string, prefix: number];

/** IPv4 that is not somebody's place in the internet: IANA's special-purpose registry (RFC 6890), and multicast. */
const SPECIAL_IPV4: readonly Range[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, where clouds keep their metadata
  ['168.63.129.16', 32], // the host agent of a cloud, in a public range
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
];

/** All of IPv6 that is routed. What embeds IPv4 outside of it (mapped, NAT64), unique-local, link-local and multicast are not. */
const GLOBAL_IPV6: readonly Range[] = [['2000::', 3]];
const SPECIAL_IPV6: readonly Range[] = [
  ['2001::', 23], // protocol assignments: Teredo, benchmarks, ORCHID
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4, which embeds IPv4
  ['3fff::', 20], // documentation
];

const specialIpv4 = listOf('ipv4', SPECIAL_IPV4);
const globalIpv6 = listOf('ipv6', GLOBAL_IPV6);
const specialIpv6 = listOf('ipv6', SPECIAL_IPV6);
const loopbackIpv4 = listOf('ipv4', [['127.0.0.0', 8]]);
const loopbackIpv6 = listOf('ipv6', [['::1', 128]]);

/**
 * Whether an address is anybody's in the internet: not of this machine, of the network around it, or of no one.
 *
 * @example isPublicAddress('169.254.169.254') // false
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !specialIpv4.check(address, 'ipv4');
    case 6:
      return globalIpv6.check(address, 'ipv6') && !specialIpv6.check(address, 'ipv6');
    default:
      return false;
  }
}

export function isLoopbackAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return loopbackIpv4.check(address, 'ipv4');
    case 6:
      return loopbackIpv6.check(address, 'ipv6');
    default:
      return false;
  }
}

function listOf(family: 'ipv4' | 'ipv6', ranges: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, family);
  return list;
}
