import { analyse } from '../../../server/src/analysis/index.ts'
import { catalogue } from '../../../server/src/base-images/index.ts'
import { emptyBuildContext } from '../../../server/src/build-context/index.ts'
import { type CheckedFile, checkedFile, uncheckedFile } from '../../../server/src/output/index.ts'

/** A file as `check` has it. */
export function checked(file: string, text: string): CheckedFile {
  const analysis = analyse(text, { context: emptyBuildContext, baseImages: catalogue() })
  return checkedFile(file, analysis, true)
}

export const unreadable = uncheckedFile('bin/Dockerfile', 'is a binary file, <not> a "Dockerfile"')

export const rootful = 'FROM python:3.13-slim\nCMD ["python3"]\n'
export const options = { color: false, quiet: false, version: '1.2.3' }
