/** `npm run bench`: how fast an editor and a command line are served. Compare numbers of one run only. */
import { checkSpeed } from './check.ts'
import { corpusFiles } from './corpus.ts'
import { editToDiagnostics } from './edit.ts'
import { benchImage, printImage } from './image.ts'
import { benchParse, printParse } from './parse.ts'
import { milliseconds, quantile } from './statistics.ts'

const goal = 30 // milliseconds, for 95 of 100 edits

async function bench(): Promise<void> {
  const files = corpusFiles()
  console.log(`${files.length} Dockerfiles`)

  const { samples, slowest } = await editToDiagnostics(files)
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(samples, share)) as [
    number,
    number,
    number,
  ]
  console.log(
    `edit to diagnostics: p50 ${milliseconds(p50)}, p95 ${milliseconds(p95)}, p99 ${milliseconds(p99)}`,
  )
  console.log(
    `  p95 is ${(p95 / goal).toFixed(2)} of the goal of ${goal} ms, ${(p95 / p50).toFixed(1)} times the median`,
  )
  if (slowest) console.log(`  slowest: ${milliseconds(slowest.time)}, ${slowest.path}`)

  const { filesPerSecond, withFixes } = checkSpeed(files)
  console.log(`check: ${filesPerSecond.toFixed(0)} files/s, ${withFixes.toFixed(0)} files/s with fixes`)
  console.log(`  fixes make it ${(filesPerSecond / withFixes).toFixed(1)} times as long`)

  console.log(printParse(benchParse()))
  console.log(printImage(benchImage()))
}

void bench()
