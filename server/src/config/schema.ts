import { configShape, type Property, type Shape } from './shape.ts'

export interface RuleSummary {
  readonly id: string
  readonly summary: string
}

/** The JSON schema of `.unroot.json` (draft-07, which VS Code completes from). */
export function configSchema(rules: readonly RuleSummary[]): Record<string, unknown> {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Unroot configuration',
    description: 'Settings of Unroot for the Dockerfiles in this folder and below.',
    allowComments: true,
    allowTrailingCommas: true,
    ...schemaOf(configShape, rules),
  }
}

function schemaOf(shape: Shape, rules: readonly RuleSummary[]): Record<string, unknown> {
  switch (shape.type) {
    case 'string':
      return {
        type: 'string',
        ...(shape.values
          ? { enum: Object.keys(shape.values), markdownEnumDescriptions: Object.values(shape.values) }
          : {}),
        ...(shape.pattern ? { pattern: shape.pattern.source } : {}),
      }
    case 'integer':
      return { type: 'integer', minimum: shape.minimum, maximum: shape.maximum }
    case 'boolean':
    case 'null':
      return { type: shape.type }
    case 'array':
      return { type: 'array', items: schemaOf(shape.items, rules) }
    case 'either':
      return { anyOf: shape.of.map((one) => schemaOf(one, rules)) }
    case 'map':
      if (shape.keys === 'rules' && rules.length > 0) {
        const entries = rules.map(({ id, summary }) => [
          id,
          { description: summary, ...schemaOf(shape.values, rules) },
        ])
        return { type: 'object', properties: Object.fromEntries(entries), additionalProperties: false }
      }
      return {
        type: 'object',
        ...(shape.keyDescription ? { propertyNames: { description: shape.keyDescription } } : {}),
        additionalProperties: schemaOf(shape.values, rules),
      }
    case 'object':
      return {
        type: 'object',
        ...(shape.required ? { required: shape.required } : {}),
        properties: Object.fromEntries(
          Object.entries(shape.properties).map(([key, property]) => [key, propertySchema(property, rules)]),
        ),
        additionalProperties: false,
      }
  }
}

function propertySchema(property: Property, rules: readonly RuleSummary[]): Record<string, unknown> {
  return {
    description: property.description,
    markdownDescription: property.markdown ?? property.description,
    ...schemaOf(property, rules),
    ...(property.default === undefined ? {} : { default: property.default }),
    ...(property.snippet === undefined ? {} : { defaultSnippets: [{ body: property.snippet }] }),
  }
}
