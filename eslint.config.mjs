import js from '@eslint/js';
import jupyterPlugin from '@jupyter/eslint-plugin';
import { defineConfig } from 'eslint/config';
import prettierRecommended from 'eslint-plugin-prettier/recommended';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** The plugin recommends many rules as warnings; here each of them is an error. */
const jupyterRules = Object.fromEntries(
  [jupyterPlugin.configs.recommended]
    .flat()
    .flatMap(config => Object.entries(config.rules ?? {}))
    .filter(([, level]) => level !== 'off')
    .map(([name, level]) =>
      Array.isArray(level) ? [name, ['error', ...level.slice(1)]] : [name, 'error']
    )
);

export default defineConfig([
  {
    ignores: [
      '**/node_modules',
      '.venv*',
      'build',
      'coverage',
      'dist',
      'docs',
      'lib',
      'jupyter_slurm_rest',
      'ui-tests/test-results',
      'ui-tests/playwright-report',
      'src/api/schema.ts',
      '**/*.js',
      '**/*.mjs',
      '**/*.d.ts'
    ]
  },
  js.configs.recommended,
  tseslint.configs.recommended,
  jupyterPlugin.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    plugins: { jupyter: jupyterPlugin },
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: { project: 'tsconfig.test.json', sourceType: 'module' }
    },
    rules: {
      ...jupyterRules,
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true }
        }
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/no-unused-vars': 'error',
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'no-console': ['error', { allow: ['error', 'warn'] }],
      'prefer-arrow-callback': 'error'
    }
  },
  prettierRecommended
]);
