import { AbstractLogger, type LogLevel, type LogMessage } from 'typeorm';

/** Prints nothing; keeps the kind and the SQL of what TypeORM has it log. */
export class RecordingLogger extends AbstractLogger {
  readonly messages: [string | undefined, unknown][] = [];

  constructor() {
    super('all');
  }

  of(type: string): unknown[] {
    return this.messages.filter(([kind]) => kind === type).map(([, message]) => message);
  }

  protected override writeLog(
    _level: LogLevel,
    message: LogMessage | string | number | (LogMessage | string | number)[],
  ): void {
    for (const each of Array.isArray(message) ? message : [message]) {
      if (typeof each === 'object') this.messages.push([each.type, each.message]);
    }
  }
}
