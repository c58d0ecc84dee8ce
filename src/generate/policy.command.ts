import { GenerateUsageError, generatePolicy } from './policy.generator.js';

try {
  const paths = await generatePolicy(process.argv.slice(2), process.cwd());
  process.stdout.write(`${paths.join('\n')}\n`);
} catch (error) {
  if (!(error instanceof GenerateUsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
