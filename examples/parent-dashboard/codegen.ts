import type { CodegenConfig } from '@graphql-codegen/cli';

export default {
  schema: '../../schema.graphql',
  documents: 'src/operations/*.graphql',
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        defaultScalarType: 'unknown',
        scalars: { Date: 'string', DateTime: 'string' },
      },
    },
  },
} satisfies CodegenConfig;
