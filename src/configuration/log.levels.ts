import type { LogLevel } from '@nestjs/common';
import { LOG_LEVEL_NAMES, type LogLevelName } from './configuration.js';

/**
 * The levels that Nest's logger is told to write.
 *
 * @example enabledLogLevels('warn') // ['fatal', 'error', 'warn']
 */
export function enabledLogLevels(name: LogLevelName): LogLevel[] {
  if (name === 'silent') return [];
  const loudest = LOG_LEVEL_NAMES.indexOf(name);
  return ['fatal', ...LOG_LEVEL_NAMES.slice(0, loudest + 1).filter((level) => level !== 'silent')];
}
