import type { Connection } from 'vscode-languageserver'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import { emptyBuildContext, type RemoteBuildContext } from '../build-context/index.ts'
import { configFileName, withDefaults } from '../config/index.ts'
import { analysisOptions, baseImagesFor, isIgnored } from '../setup/index.ts'
import { type Analyses, type AnalysesHost, createAnalyses } from './analyses.ts'
import type { ImageSources } from './base-image-sources.ts'
import type { Client } from './client-capabilities.ts'
import { clientFiles } from './client-files.ts'
import { createConfigurations } from './configurations.ts'
import type { Files, Host } from './host.ts'
import { defaultSettings, readSettings, type Settings } from './settings.ts'
import { folderOf, nameOf, relativeUri } from './uris.ts'

/** What all features share: one client, its settings and documents, and their analyses. */
export interface Session {
  readonly client: Client
  readonly analyses: Analyses
  /** @param uri left out: for no document in particular */
  settingsOf(uri?: string): Promise<Settings>
  /** For clients that cannot be asked. */
  pushSettings(section: unknown): void
  /** Files changed, appeared or went: everything is looked at again. */
  filesChanged(uris: readonly string[]): void
  /** More is known of base images. */
  imagesChanged(): void
  close(uri: string): void
}

export interface SessionParts {
  readonly connection: Connection
  readonly client: Client
  readonly host: Host
  readonly images: ImageSources
  document(uri: string): TextDocument | undefined
  /** Tells the client to ask again. */
  refresh(): void
}

export function createSession({
  connection,
  client,
  host,
  images,
  document,
  refresh,
}: SessionParts): Session {
  const remoteFiles = clientFiles(connection)
  const configurations = createConfigurations(connection, client.say, (uri) => document(uri)?.getText())
  const contexts = new Map<string, RemoteBuildContext>()
  let settings = new Map<string | undefined, Promise<Settings>>()
  let pushed = defaultSettings

  const changed = () => {
    analyses.invalidate()
    refresh()
  }
  const filesOf = (uri: string): Files | undefined =>
    uri.startsWith('untitled:') ? undefined : (host.filesOf(uri) ?? remoteFiles)
  const contextOf = (uri: string, files: Files) => {
    const context = contexts.get(uri) ?? files.buildContext(uri, changed)
    contexts.set(uri, context)
    return context
  }
  const settingsOf = (uri?: string): Promise<Settings> => {
    if (!client.readsConfiguration) return Promise.resolve(pushed)
    const known = settings.get(uri) ?? askSettings(connection, uri)
    settings.set(uri, known)
    return known
  }

  const prepare: AnalysesHost['prepare'] = async (uri) => {
    const { enable, config: below } = await settingsOf(uri)
    if (!enable || nameOf(uri) === configFileName) return undefined
    const files = filesOf(uri)
    const folder = folderOf(uri)
    const found = files ? await configurations.of(folder, files) : { config: {}, folder }
    const path = relativeUri(found.folder, uri) ?? nameOf(uri)
    const { resolve } = withDefaults({ resolve: { ...below.resolve, ...found.config.resolve } })
    const options = analysisOptions({
      context: files ? contextOf(uri, files) : emptyBuildContext,
      baseImages: baseImagesFor(found.config, images.of(uri, resolve)),
      config: found.config,
      path,
      below,
    })
    return { options, ignored: isIgnored(found.config, path) }
  }
  const analyses = createAnalyses({ document, prepare })

  return {
    client,
    analyses,
    settingsOf,
    pushSettings: (section) => {
      pushed = readSettings(section)
      settings = new Map()
      changed()
    },
    filesChanged: (uris) => {
      configurations.invalidate()
      // A configuration is read when it is opened, though no Dockerfile of its folder may be.
      for (const uri of uris.filter((one) => nameOf(one) === configFileName)) {
        const files = filesOf(uri)
        if (files) void configurations.of(folderOf(uri), files)
      }
      for (const context of contexts.values()) context.invalidate()
      if (uris.some((uri) => declaresBuilds(nameOf(uri)))) images.refresh()
      changed()
    },
    imagesChanged: changed,
    close: (uri) => {
      analyses.forget(uri)
      contexts.delete(uri)
      settings.delete(uri)
    },
  }
}

/** Compose and bake files. */
function declaresBuilds(name: string): boolean {
  return /compose|bake/i.test(name)
}

async function askSettings(connection: Connection, uri: string | undefined): Promise<Settings> {
  try {
    return readSettings(
      await connection.workspace.getConfiguration({
        section: 'unroot',
        ...(uri === undefined ? {} : { scopeUri: uri }),
      }),
    )
  } catch {
    // A client that says it can be asked and then cannot: the defaults hold.
    return defaultSettings
  }
}
