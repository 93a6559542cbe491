import type { Sizes } from './benchmark';
import { benchmarkNamed } from './benchmarks';

/** One variant of one benchmark in a process of its own: `child.js NAME VARIANT SIZES`, findings as the only message. */
async function main([name, variant, sizes]: string[]): Promise<void> {
  const benchmark = benchmarkNamed(name as string);
  if (benchmark === undefined) throw new Error(`there is no benchmark ${name}`);
  const findings = await benchmark.measure(variant as string, JSON.parse(sizes as string) as Sizes);
  process.send?.(findings, () => process.disconnect());
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
