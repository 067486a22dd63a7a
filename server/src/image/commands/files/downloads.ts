import { makeDirectory, pathIn, worse, writeFile } from '../../operations.ts'
import type { ShellValue } from '../../types.ts'
import type { Call, Outcome } from '../model.ts'
import { defineCommand, maybe } from '../model.ts'
import { at } from './operands.ts'
import { mayWriteInto, network } from './unlisted.ts'

/** curl(1): only -o and -O make files. Options with a value are listed so that the value is not taken for a URL. */
export const curl = defineCommand({
  names: ['curl'],
  options: {
    output: '-o --output FILE',
    remoteName: '-O --remote-name',
    remoteNameAll: '--remote-name-all',
    remoteHeaderName: '-J --remote-header-name',
    outputDir: '--output-dir DIR',
    createDirs: '--create-dirs',
    createFileMode: '--create-file-mode MODE',
    dumpHeader: '-D --dump-header FILE',
    cookieJar: '-c --cookie-jar FILE',
    url: '--url URL',
    header: '-H --header LINE',
    data: '-d --data --data-raw --data-binary --data-ascii --data-urlencode --json DATA',
    form: '-F --form DATA',
    user: '-u --user USER',
    agent: '-A --user-agent NAME',
    referer: '-e --referer URL',
    request: '-X --request METHOD',
    proxy: '-x --proxy URL',
    cookie: '-b --cookie DATA',
    cert: '-E --cert FILE',
    key: '--key FILE',
    caCert: '--cacert --capath FILE',
    retry:
      '--retry --retry-delay --retry-max-time --connect-timeout -m --max-time -y --speed-time -Y --speed-limit N',
    resolve:
      '--resolve --connect-to --interface --noproxy --proto --proto-default --proto-redir --limit-rate --ciphers --tls-max ADDRESS',
    writeOut: '-w --write-out FORMAT',
    range: '-r --range RANGE',
    continueAt: '-C --continue-at OFFSET',
    upload: '-T --upload-file FILE',
    config: '-K --config FILE',
    timeCond: '-z --time-cond TIME',
    unixSocket: '--unix-socket PATH',
    fail: '-f --fail --fail-with-body',
    flags:
      '-s --silent -S --show-error -L --location -k --insecure -v --verbose -i --include -I --head -g --globoff -# --progress-bar -n --netrc -N --no-buffer -4 --ipv4 -6 --ipv6 --compressed --http1.1 --http2 --tlsv1.2 --tlsv1.3 -R --remote-time --retry-connrefused --retry-all-errors --location-trusted --no-progress-meter --ssl-reqd -q --disable -j -p -t -a -l -B -0 -1 -2 -3 -Z --parallel --anyauth --basic',
  },
  run(call) {
    const { options, operands } = call
    const folder = options.value('outputDir')
    let outcome: Outcome = network
    for (const word of [
      ...options.all('output'),
      ...options.all('dumpHeader'),
      ...options.all('cookieJar'),
    ]) {
      if (word.text === '-') continue
      outcome = worse(
        outcome,
        download(
          call,
          word,
          word.text === undefined ? undefined : folder ? `${folder}/${word.text}` : word.text,
          options.has('createDirs'),
        ),
      )
    }
    if (options.has('remoteName') || options.has('remoteNameAll')) {
      for (const url of [...operands, ...options.all('url')]) {
        const name = options.has('remoteHeaderName') ? undefined : nameInUrl(url.text)
        outcome = worse(
          outcome,
          download(
            call,
            url,
            name === undefined ? undefined : folder ? `${folder}/${name}` : name,
            options.has('createDirs'),
            folder,
          ),
        )
      }
    }
    return atMost(outcome)
  },
})

/** wget(1): a file named like the end of the URL in the working directory, unless told otherwise. */
export const wget = defineCommand({
  names: ['wget'],
  options: {
    output: '-O --output-document FILE',
    prefix: '-P --directory-prefix DIR',
    logFile: '-o --output-file FILE',
    appendLog: '-a --append-output FILE',
    input: '-i --input-file FILE',
    header: '--header LINE',
    user: '--user --http-user --ftp-user NAME',
    password: '--password --http-password --ftp-password TEXT',
    agent: '-U --user-agent NAME',
    tries: '-t --tries N',
    timeout: '-T --timeout --connect-timeout --read-timeout --dns-timeout N',
    wait: '-w --wait --waitretry N',
    cut: '--cut-dirs N',
    level: '-l --level N',
    accept: '-A --accept LIST',
    reject: '-R --reject LIST',
    caCertificate: '--ca-certificate --ca-directory --certificate --private-key FILE',
    postData: '--post-data --post-file --body-data --method DATA',
    progress: '--progress TYPE',
    execute: '-e --execute COMMAND',
    loadCookies: '--load-cookies --save-cookies FILE',
    secure: '--secure-protocol PROTOCOL',
    rate: '--limit-rate RATE',
    recursive: '-r --recursive',
    mirror: '-m --mirror',
    pageRequisites: '-p --page-requisites',
    contentDisposition: '--content-disposition',
    spider: '--spider',
    noClobber: '-n --no-clobber',
    flags:
      '-q --quiet -v --verbose -S --server-response -c --continue -N --timestamping -x -k -E -H -K -L -4 -6 -b --no-check-certificate --no-verbose --show-progress --no-cookies --no-cache --no-parent --no-host-directories --https-only --trust-server-names --retry-connrefused --inet4-only --no-hsts',
  },
  run(call) {
    const { options, operands, world } = call
    if (options.has('spider')) return network
    const output = options.word('output')
    if (output) return output.text === '-' ? network : atMost(download(call, output, output.text, false))
    const folder = options.word('prefix')
    let outcome: Outcome = network
    if (folder?.text !== undefined) {
      const path = pathIn(world, folder.text)
      if (path !== undefined)
        outcome = worse(outcome, at(makeDirectory(world, path, { parents: true }), folder, 3))
    }
    const many =
      options.has('recursive') ||
      options.has('mirror') ||
      options.has('input') ||
      options.has('contentDisposition')
    if (many) mayWriteInto(world, pathIn(world, folder?.text ?? '.'))
    for (const url of many ? [] : operands) {
      const name = nameInUrl(url.text)
      outcome = worse(
        outcome,
        download(
          call,
          url,
          name === undefined ? undefined : folder ? `${folder.text ?? ''}/${name}` : name,
          false,
          folder?.text,
        ),
      )
    }
    return atMost(outcome)
  },
})

/** The last segment of the URL's path. */
function nameInUrl(url: string | undefined): string | undefined {
  if (url === undefined) return undefined
  const path = url.replace(/^[a-z]+:\/\//i, '').replace(/[?#].*$/, '')
  const name = path.slice(path.lastIndexOf('/') + 1)
  return !path.includes('/') || name === '' ? 'index.html' : name
}

/** @param path undefined where the name is unknown; then the file lies somewhere in `folder` */
function download(
  call: Call,
  word: ShellValue,
  path: string | undefined,
  createDirs: boolean,
  folder = '.',
): Outcome {
  const { world } = call
  const target = path === undefined ? undefined : pathIn(world, path)
  if (target === undefined) {
    const into = pathIn(world, folder)
    if (path === undefined) mayWriteInto(world, into)
    return maybe
  }
  if (createDirs) {
    const made = makeDirectory(world, target.slice(0, target.lastIndexOf('/')) || '/', {
      parents: true,
      mode: 0o750,
    })
    if (made.status === 'fail') return at(made, word, 23)
  }
  const outcome = writeFile(world, target)
  return at(outcome, word, call.name === 'curl' ? 23 : 3)
}

/** Without the network nothing is certain but failure. */
function atMost(outcome: Outcome): Outcome {
  return outcome.status === 'ok' ? network : outcome
}
