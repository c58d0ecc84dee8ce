import { lookup } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Finds the addresses of a host name. Given to the webhooks module, so that names can be tested that nobody has. */
export abstract class AddressResolver {
  /** @throws an error of the operating system where there are none */
  abstract resolve(hostname: string): Promise<readonly ResolvedAddress[]>;
}

/** As everything else on this machine finds them. */
@Injectable()
export class SystemAddressResolver extends AddressResolver {
  override resolve(hostname: string): Promise<readonly ResolvedAddress[]> {
    return lookup(hostname, { all: true, order: 'verbatim' });
  }
}
