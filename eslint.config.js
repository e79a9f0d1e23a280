import tseslint from 'typescript-eslint';

const nodeModules = { regex: '^node:', message: 'this folder is pure: no node:* module' };
const docker = { regex: '^(dockerode|tar-stream)($|/)', message: 'only src/engine knows Docker' };
const outside = { regex: '(^|/)(scripts|test)/', message: 'src never imports scripts or test' };
const sources = { regex: '/src/', message: 'bin runs what was compiled; scripts and tests import src' };

/** Folders of src that a folder must not import: `main -> cli -> index -> steps/checks -> plan/render/engine -> net/settings`. */
const below = (...folders) => ({
  regex: `^\\.\\./(\\.\\./)*(${folders.join('|')})(/|\\.js$)`,
  message: 'imports point one way (ARCHITECTURE.md)',
});
const upper = ['main', 'cli', 'index', 'verbs', 'doctor', 'dump', 'steps', 'checks'];
const middle = ['plan', 'render', 'engine', 'host', 'images', 'kubeconfig', 'progress', 'results'];

const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

export default tseslint.config(
  { ignores: ['dist/**', 'dist.*/**', 'node_modules/**', 'coverage/**', 'images/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', 300],
      'no-console': 'error',
      eqeqeq: 'error',
      'prefer-const': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false },
      ],
      // An `unknown` that was caught and narrowed may be thrown again.
      '@typescript-eslint/only-throw-error': 'off',
      // Interfaces are promises where the work may be synchronous.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-params': ['error', 4],
      ...restrict(docker, outside),
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[object.name="process"][property.name="env"]',
          message: 'the environment is read by src/settings alone, which is given it',
        },
        {
          selector: 'Program > VariableDeclaration[kind="let"]',
          message: 'no module state',
        },
      ],
    },
  },
  { files: ['src/settings/**/*.ts'], rules: restrict(docker, outside, below(...upper, ...middle)) },
  { files: ['src/net/**/*.ts'], rules: restrict(docker, outside, nodeModules, below(...upper, ...middle, 'settings')) },
  {
    files: ['src/plan/**/*.ts'],
    rules: restrict(docker, outside, nodeModules, below(...upper, 'host', 'images', 'kubeconfig', 'progress')),
  },
  {
    files: ['src/render/**/*.ts'],
    rules: restrict(docker, outside, nodeModules, below(...upper, 'host', 'images', 'kubeconfig', 'progress')),
  },
  {
    files: ['src/results/**/*.ts'],
    rules: restrict(docker, outside, nodeModules, below(...upper, ...middle.filter((folder) => folder !== 'results'))),
  },
  { files: ['src/engine/**/*.ts'], rules: restrict(outside, below(...upper, 'host', 'images', 'kubeconfig')) },
  {
    files: ['src/progress/**/*.ts'],
    rules: restrict(
      docker,
      outside,
      below(...upper, ...middle.filter((folder) => !['progress', 'results'].includes(folder))),
    ),
  },
  {
    files: ['src/{host,images,kubeconfig}/**/*.ts'],
    rules: restrict(docker, outside, below('main', 'cli', 'index', 'verbs')),
  },
  {
    files: ['src/{steps,checks,doctor,dump,verbs}/**/*.ts'],
    rules: restrict(docker, outside, below('main', 'cli', 'index')),
  },
  { files: ['scripts/**/*.ts', 'test/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      // What JSON.parse and programs give is checked by the expectations themselves.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    extends: [tseslint.configs.base],
    rules: {
      'max-lines': ['error', 300],
      eqeqeq: 'error',
      'prefer-const': 'error',
      '@typescript-eslint/no-unused-vars': 'error',
    },
  },
  {
    files: ['bin/**/*.mjs'],
    rules: restrict(sources, outside, {
      regex: '^[^.](?!ode:)',
      message: 'bin runs before dependencies are there: node:* only',
    }),
  },
);
