import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { WiringError } from './errors.js';

/** What Nest hands handlers of messages to: a transport's server. */
interface MessageServer {
  addHandler: (pattern: unknown, ...rest: unknown[]) => unknown;
}

/**
 * Knows every server of messages that is connected to the application. Nest puts the guard only before those that share its settings; so one
 * that was not connected by `connectMessages` gets no handler at all.
 */
@Injectable()
export class MessageServers {
  private isConnecting = false;

  constructor(modules: ModulesContainer) {
    modules.getRpcTargetRegistry<MessageServer>().subscribe((server) => {
      if (!this.isConnecting) server.addHandler = refuse;
    });
  }

  /** Has the servers that `connect` makes pass; who calls it puts the guard before them. */
  connecting<T>(connect: () => T): T {
    this.isConnecting = true;
    try {
      return connect();
    } finally {
      this.isConnecting = false;
    }
  }
}

function refuse(pattern: unknown): never {
  throw new WiringError(
    `The handler of "${typeof pattern === 'string' ? pattern : JSON.stringify(pattern)}" would be served past the guard; connect its transport with connectMessages(app, options) of onauth-server/on-auth/messages.`,
  );
}
