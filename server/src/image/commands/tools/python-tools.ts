import { knownValue } from '../../../known.ts'
import { directory, find, join, put } from '../../files.ts'
import { makeDirectory, pathIn, setFiles, worse, writeFile } from '../../operations.ts'
import type { ShellValue } from '../../types.ts'
import { at } from '../files/operands.ts'
import { mayWriteInto, network, processOwned } from '../files/unlisted.ts'
import type { Call, CommandModel, Outcome, World } from '../model.ts'
import { defineCommand, maybe } from '../model.ts'
import { readOptions } from '../options.ts'
import type { Tool } from './tool.ts'
import { defineTool, nothing, onlyAsks, workingFolder } from './tool.ts'
import type { Write } from './writes.ts'
import { writeAll } from './writes.ts'

const pipOptions = {
  target: '-t --target DIR',
  prefix: '--prefix DIR',
  user: '--user',
  editable: '-e --editable PATH',
  destination: '-d --dest -w --wheel-dir DIR',
  requirement: '-r --requirement -c --constraint FILE',
  value:
    '-i --index-url --extra-index-url -f --find-links --trusted-host --no-binary --only-binary --python --platform --timeout --default-timeout --retries --cache-dir --root --src --log --progress-bar --upgrade-strategy --global-option --config-settings --proxy --cert X',
}

/**
 * pip: root writes to site-packages; somebody else who may not is silently given `--user`
 * (pip: commands/install.py, decide_user_install), so only a home that cannot be written stops it.
 */
export const pip = defineCommand({
  names: ['pip', 'pip3', 'pip2', 'pip3.8', 'pip3.9', 'pip3.10', 'pip3.11', 'pip3.12', 'pip3.13'],
  options: pipOptions,
  run: (call) => (onlyAsks(call) ? maybe : runPip(call)),
})

const homeSite: Write = { at: '~/.local', unless: ['PYTHONUSERBASE'], fails: 'likely' }

function runPip(call: Call): Outcome {
  const { options, world } = call
  const command = call.operands[0]?.text
  if (command === 'download' || command === 'wheel') {
    const folder = pathIn(world, options.value('destination') ?? '.')
    return folder === undefined ? network : writeAll(call, [{ at: folder, fails: 'likely' }])
  }
  if (command === 'config') return writeAll(call, [{ at: '~/.config/pip', fails: 'possible' }])
  if (command !== 'install' && command !== 'uninstall') return maybe
  if (options.has('editable')) mayWriteInto(world, pathIn(world, options.value('editable') ?? '.'))
  const target = options.word('target') ?? options.word('prefix')
  if (target) {
    const path = target.text === undefined ? undefined : pathIn(world, target.text)
    return path === undefined ? network : writeAll(call, [{ at: path, fails: 'certain', makes: true }])
  }
  const environment = variable(world, 'VIRTUAL_ENV')
  if (environment?.startsWith('/')) return writeAll(call, [{ at: environment, fails: 'likely' }])
  const uid = knownValue(world.identity.uid)
  const root = uid === 0 || uid === undefined
  if (options.has('user') || (!root && command === 'install')) return writeAll(call, [homeSite])
  return writeAll(call, [
    { at: '/usr/local/lib', fails: 'possible' },
    { at: '/usr/local/bin', fails: 'possible' },
    { at: '~/.cache/pip', unless: ['PIP_CACHE_DIR', 'PIP_NO_CACHE_DIR'], fails: 'never' },
  ])
}

function variable(world: World, name: string): string | undefined {
  const value = world.variables.get(name) ?? world.state.env.get(name)
  return value ? knownValue(value) : undefined
}

/** python(1): `-m pip` is pip, `-m venv` makes a folder, all else is the application's own. */
export const python = defineCommand({
  names: [
    'python',
    'python3',
    'python2',
    'python3.8',
    'python3.9',
    'python3.10',
    'python3.11',
    'python3.12',
    'python3.13',
    'pypy3',
  ],
  options: { module: '-m MODULE', code: '-c CODE', warnings: '-W ARG', implementation: '-X OPTION' },
  stopAtOperand: true,
  run(call) {
    if (onlyAsks(call)) return maybe
    const place = call.args.findIndex(({ text }) => text === '-m')
    const module = call.args[place + 1]?.text
    const rest = call.args.slice(place + 2)
    if (place >= 0 && module === 'pip')
      return call.runArgv([{ text: 'pip', glob: false, range: call.nameRange }, ...rest], call.world)
    if (place >= 0 && (module === 'venv' || module === 'virtualenv')) return makeEnvironment(call, rest)
    return writeAll(call, workingFolder)
  },
})

/** A virtual environment: a folder of the process's own with bin/ in it. */
function makeEnvironment(call: Call, args: readonly ShellValue[]): Outcome {
  const { world } = call
  const { operands } = readOptions({ options: { prompt: '--prompt -p --python NAME' } }, args)
  let outcome: Outcome = maybe
  for (const word of operands) {
    const path = word.text === undefined ? undefined : pathIn(world, word.text)
    if (path === undefined) continue
    const made = at(makeDirectory(world, path, { parents: true }), word)
    if (made.status === 'fail') return made
    outcome = worse(outcome, made)
    const owned = processOwned(world)
    const attributes = {
      ...owned,
      mode: { certainty: 'likely' as const, value: 0o755, because: [world.origin] },
      because: [world.origin],
    }
    for (const name of ['bin', 'lib', 'include']) {
      const found = find(world.state.files, join(path, name))
      if (found.node.kind === 'missing' || found.node.kind === 'unknown')
        setFiles(world, put(world.state.files, found.path, directory(attributes, owned)))
    }
    writeFile(world, join(path, 'pyvenv.cfg'))
    mayWriteInto(world, path)
  }
  return outcome
}

export const virtualenv = defineCommand({
  names: ['virtualenv'],
  run: (call) => (onlyAsks(call) ? maybe : makeEnvironment(call, call.args)),
})

const uvCache: Write = { at: '~/.cache/uv', unless: ['UV_CACHE_DIR', 'UV_NO_CACHE'], fails: 'possible' }
const environmentHere: Write = {
  at: './.venv',
  unless: ['UV_PROJECT_ENVIRONMENT', 'VIRTUAL_ENV'],
  fails: 'likely',
}
const tools: readonly Tool[] = [
  {
    names: 'uv',
    exitCode: 2,
    folder: '--directory --project DIR',
    values:
      '--index-url --extra-index-url --cache-dir --python -p --extra --group --package -r --requirement X',
    commands: {
      sync: [environmentHere, uvCache],
      venv: [{ ...environmentHere, fails: 'possible' }, uvCache],
      add: [environmentHere, uvCache],
      lock: [{ at: '.', fails: 'possible' }, uvCache],
      run: [{ ...environmentHere, fails: 'possible' }, uvCache],
      pip: [{ at: '/usr/local/lib', unless: ['VIRTUAL_ENV'], fails: 'possible' }, uvCache],
      tool: [{ at: '~/.local', unless: ['UV_TOOL_DIR', 'XDG_DATA_HOME'], fails: 'possible' }, uvCache],
      python: [{ at: '~/.local', unless: ['UV_PYTHON_INSTALL_DIR', 'XDG_DATA_HOME'], fails: 'possible' }],
      export: nothing,
      cache: nothing,
      '*': workingFolder,
    },
  },
  {
    names: 'poetry',
    folder: '-C --directory -P --project DIR',
    values: '--only --without --with -E --extras X',
    commands: {
      config: [
        { at: '~/.config/pypoetry', unless: ['POETRY_CONFIG_DIR', 'XDG_CONFIG_HOME'], fails: 'possible' },
      ],
      export: nothing,
      check: nothing,
      '*': [
        { at: '~/.cache/pypoetry', unless: ['POETRY_CACHE_DIR', 'XDG_CACHE_HOME'], fails: 'possible' },
        { at: '.', fails: 'possible' },
      ],
    },
  },
  {
    names: 'pipenv',
    commands: {
      '*': [
        { at: '~/.local', fails: 'possible' },
        { at: '.', fails: 'possible' },
      ],
    },
  },
  { names: 'pipx', commands: { '*': [{ at: '~/.local', unless: ['PIPX_HOME'], fails: 'possible' }] } },
  {
    names: 'conda mamba micromamba',
    values: '-n --name -p --prefix -c --channel -f --file X',
    commands: {
      info: nothing,
      list: nothing,
      search: nothing,
      init: [{ at: '~', fails: 'possible' }],
      config: [{ at: '~', fails: 'possible' }],
      '*': [
        { at: '/opt/conda', unless: ['CONDA_DIR', 'MAMBA_ROOT_PREFIX', 'CONDA_PREFIX'], fails: 'possible' },
        { at: '~/.conda', fails: 'never' },
      ],
    },
  },
  {
    names:
      'django-admin celery gunicorn uvicorn pytest flask alembic airflow jupyter ipython tox nox mkdocs sphinx-build cython easy_install',
    commands: { '*': workingFolder },
  },
]

export const pythonTools: readonly CommandModel[] = [pip, python, virtualenv, ...tools.map(defineTool)]
