import { analyse } from '../../../server/src/analysis/index.ts'
import { catalogue } from '../../../server/src/base-images/index.ts'
import { emptyBuildContext } from '../../../server/src/build-context/index.ts'
import type { CheckedFile } from '../../../server/src/output/index.ts'

/** A file as `check` has it. */
export function checked(file: string, text: string): CheckedFile {
  const analysis = analyse(text, { context: emptyBuildContext, baseImages: catalogue() })
  return { file, analysis, problems: [] }
}

export const unreadable: CheckedFile = {
  file: 'bin/Dockerfile',
  analysis: undefined,
  problems: [{ line: 1, message: 'is a binary file, <not> a "Dockerfile"' }],
}

export const rootful = 'FROM python:3.13-slim\nCMD ["python3"]\n'
export const options = { color: false, quiet: false, version: '1.2.3' }
