import { type Message, text } from '../l10n/index.ts'

/**
 * What may stand in `.unroot.json`. The parser checks against this table and the JSON schema is made from it
 * (server/scripts/generate-schema.ts), so the two cannot differ.
 */
export type Shape =
  | {
      readonly type: 'string'
      readonly values?: Readonly<Record<string, string>>
      readonly pattern?: RegExp
      /** What a text that fits looks like, for the message. */
      readonly looks?: Message
    }
  | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly type: 'boolean' }
  | { readonly type: 'null' }
  | { readonly type: 'array'; readonly items: Shape }
  | {
      readonly type: 'object'
      readonly properties: Readonly<Record<string, Property>>
      readonly required?: readonly string[]
    }
  /** Any key; `rules`: only ids of rules. */
  | {
      readonly type: 'map'
      readonly values: Shape
      readonly keys?: 'rules'
      readonly keyDescription?: string
    }
  | { readonly type: 'either'; readonly of: readonly Shape[] }

export type Property = Shape & {
  /** Plain text. */
  readonly description: string
  /** Markdown, with examples, for completion and hover. */
  readonly markdown?: string
  readonly default?: unknown
  readonly snippet?: unknown
}

const maxId = 2_147_483_647 // container-facts/user-number-2147483648
const anyId = { type: 'integer', minimum: 0, maximum: maxId } as const
const userName = {
  type: 'string',
  pattern: /^[a-z_][a-z0-9_-]{0,31}$/,
  looks: text`a user name: small letters, digits, \`_\` and \`-\`, no digit first`,
} as const
const texts = { type: 'array', items: { type: 'string' } } as const

const severities = {
  error: 'The build or the start fails, certainly.',
  warning: 'It runs with power that it should not have.',
  information: 'A platform may refuse it, or defence in depth is missing.',
  hint: 'A better way to write it.',
}

const declaration: Shape = {
  type: 'object',
  properties: {
    like: {
      type: 'string',
      description: 'A known image whose facts hold here as well; the other keys change them.',
      markdown:
        'A known image whose facts hold here as well; the other keys change them.\n\n```json\n"registry.corp/base/*": { "like": "debian:12" }\n```',
    },
    user: {
      type: 'either',
      of: [{ type: 'string' }, { type: 'null' }],
      description: 'USER of the image: a name, `uid` or `uid:gid`; null where it has none (root).',
      markdown:
        'USER of the image as its configuration has it: a name, `uid` or `uid:gid`; `null` where it has none (then it runs as root).\n\nTo look it up: `docker image inspect --format "{{.Config.User}}" IMAGE`',
    },
    uid: { ...anyId, description: 'The number of the default user.' },
    gid: { ...anyId, description: 'The number of the default user’s group.' },
    os: {
      type: 'string',
      description:
        'The system: debian, ubuntu, alpine, rhel, fedora, amazonlinux, wolfi, distroless, busybox, scratch, windows …',
      markdown:
        'The system, which decides about accounts and commands: `debian`, `ubuntu`, `alpine`, `rhel`, `fedora`, `amazonlinux`, `wolfi`, `distroless`, `busybox`, `scratch`, `windows` …',
    },
    osVersion: { type: 'string', description: 'The version of the system: `12`, `24.04`, `3.22`.' },
    users: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', description: 'The account’s name.' },
          uid: { ...anyId, description: 'Its number.' },
          gid: { ...anyId, description: 'The number of its group; else the same as `uid`.' },
          home: { type: 'string', description: 'Its home directory.' },
        },
      },
      description: 'Accounts that the image has beside those of its system.',
      markdown:
        'Accounts that the image has beside those of its system.\n\n```json\n"users": [{ "name": "app", "uid": 1000, "gid": 1000, "home": "/home/app" }]\n```',
    },
    groups: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', description: 'The group’s name.' },
          gid: { ...anyId, description: 'Its number.' },
        },
      },
      description: 'Groups that the image has beside those of its system.',
    },
    tools: { ...texts, description: 'Programs that the image has: useradd, gosu, sudo, sh …' },
    ports: {
      type: 'array',
      items: { type: 'either', of: [{ type: 'string' }, { type: 'integer', minimum: 1, maximum: 65535 }] },
      description: 'Ports that it exposes: 8080, "53/udp".',
    },
    workdir: { type: 'string', description: 'Its working directory.' },
    entrypoint: { ...texts, description: 'Its ENTRYPOINT, as JSON array.' },
    cmd: { ...texts, description: 'Its CMD, as JSON array.' },
    env: { type: 'map', values: { type: 'string' }, description: 'Its environment.' },
  },
}

export const configShape: Extract<Shape, { type: 'object' }> = {
  type: 'object',
  properties: {
    $schema: { type: 'string', description: 'Where the JSON schema of this file lies; for editors.' },
    profile: {
      type: 'string',
      values: {
        docker: 'Plain Docker or Podman.',
        kubernetes: 'Kubernetes with the restricted Pod Security Standard: USER must be a number.',
        openshift: 'OpenShift: an arbitrary uid with group 0.',
      },
      description: 'Where the image is to run.',
      markdown:
        'Where the image is to run.\n\n- `docker`: plain Docker or Podman\n- `kubernetes`: the restricted Pod Security Standard; `runAsNonRoot` needs a numeric `USER`\n- `openshift`: an arbitrary uid with group 0',
      default: 'docker',
    },
    builder: {
      type: 'string',
      values: {
        buildkit: '`docker build` today, `docker buildx`.',
        classic: '`docker build` with DOCKER_BUILDKIT=0.',
        kaniko: 'Kaniko.',
        buildah: 'Buildah, `podman build`.',
      },
      description: 'Which builder’s behaviour holds.',
      default: 'buildkit',
    },
    rules: {
      type: 'map',
      keys: 'rules',
      values: { type: 'string', values: { off: 'Not reported.', ...severities } },
      description: 'Severity of rules, or off.',
      markdown:
        'Severity of rules, or `off`.\n\n```json\n"rules": { "runs-as-root": "error", "user-not-numeric": "off" }\n```',
    },
    failOn: {
      type: 'string',
      values: { ...severities, never: 'Findings do not make `unroot check` fail.' },
      description: 'From which severity on `unroot check` ends with exit code 1.',
      default: 'warning',
    },
    baseImages: {
      type: 'map',
      keyDescription: 'A reference, or a glob over references: `registry.corp/base/*`',
      values: declaration,
      description: 'Base images that Unroot cannot know, by reference or glob.',
      markdown:
        'Base images that Unroot cannot know, by reference or glob (`*` within a part, `**` across).\n\n```json\n"baseImages": {\n  "registry.corp/base/*": { "like": "debian:12", "user": "app", "uid": 1000, "gid": 1000 }\n}\n```',
      snippet: { 'registry.example.com/base/*': { like: 'debian:12' } },
    },
    newUser: {
      type: 'object',
      properties: {
        name: { ...userName, description: 'Its name.', default: 'app' },
        uid: {
          type: 'integer',
          minimum: 1,
          maximum: maxId,
          description: 'Its number. Above 10000 it is nobody’s on the host.',
          default: 10001,
        },
        gid: { ...anyId, description: 'The number of its group; 0 suits OpenShift.', default: 10001 },
      },
      description: 'The user that fixes and Harden Image create.',
      snippet: { name: 'app', uid: 10001, gid: 10001 },
    },
    targets: {
      type: 'either',
      of: [
        texts,
        {
          type: 'map',
          keyDescription: 'A glob over Dockerfiles',
          values: { type: 'either', of: [{ type: 'string' }, texts] },
        },
      ],
      description: 'Stages that become images, where that is not the last one.',
      markdown:
        'Stages that become images, where that is not the last one: for all Dockerfiles, or by glob.\n\n```json\n"targets": ["production"]\n```\n```json\n"targets": { "services/*/Dockerfile": ["api", "worker"] }\n```',
    },
    ignore: {
      ...texts,
      description: 'Files and folders that are not looked at, as globs from this file’s folder.',
      markdown:
        'Files and folders that are not looked at, as globs from this file’s folder: `"**/testdata/**"`',
    },
    buildArgs: {
      type: 'map',
      values: {
        type: 'either',
        of: [
          { type: 'string' },
          { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
          { type: 'boolean' },
        ],
      },
      description: 'Values of build arguments, as for `docker build --build-arg`.',
    },
    resolve: {
      type: 'object',
      properties: {
        engine: {
          type: 'boolean',
          description:
            'Ask the local engine (docker, podman) about images that it has. Never in untrusted workspaces.',
          default: true,
        },
        registry: {
          type: 'boolean',
          description:
            'Ask registries about images: this goes out to the network, with the credentials of Docker’s config.',
          default: false,
        },
      },
      description: 'Where base images are looked up beside the built-in catalogue.',
    },
  },
}
