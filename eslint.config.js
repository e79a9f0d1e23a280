import tseslint from 'typescript-eslint';

/**
 * What each folder and root file of src may import of the others, and `node:` where it may use Node's own modules. Imports point one way: a row
 * names later rows only. A file of src without a row may import nothing.
 */
const layers = {
  action:
    'cli/render-error cli/wording verbs verify/render-text library cluster progress plan/attached results settings how-to errors node:',
  main: 'cli cluster/results how-to errors',
  cli: 'index hosts verify trace cluster progress results engine settings net labels version output-file how-to errors node:',
  index: 'library verbs cluster progress results settings errors',
  library: 'verbs cluster progress results settings errors node:',
  verbs:
    'hosts steps doctor dump verify trace capture checks cluster host images kubeconfig render plan results engine settings net labels wait shell version output-file make-directories how-to errors node:',
  steps: 'checks cluster host images kubeconfig render plan engine settings labels wait how-to errors node:',
  hosts: 'doctor host render plan/types results settings/hosts-file net interrupt shell errors node:',
  doctor: 'checks cluster host images render plan results engine settings labels wait shell how-to errors',
  dump: 'cluster host render progress results engine settings labels shell make-directories how-to node:',
  verify: 'checks cluster host render plan results engine settings net wait shell how-to errors node:',
  trace: 'render progress results net',
  capture: 'plan errors',
  checks: 'cluster render plan engine settings net labels shell how-to errors node:',
  cluster: 'render plan progress engine settings net labels wait shell how-to errors node:',
  host: 'render plan engine net labels shell how-to errors',
  images: 'progress engine settings labels wait make-directories errors node:',
  kubeconfig: 'make-directories errors node:',
  render: 'plan engine/types net wait errors',
  progress: 'results settings make-directories node:',
  results: 'plan/record settings/hosts-file',
  plan: 'engine/types settings net labels how-to errors',
  engine: 'settings wait interrupt shell make-directories how-to errors node:',
  settings: 'net errors node:',
  net: 'errors',
  labels: '',
  wait: 'interrupt errors',
  interrupt: 'errors',
  shell: 'node:',
  'output-file': 'errors node:',
  'make-directories': 'node:',
  version: 'node:',
  'how-to': 'node:',
  errors: '',
};

const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

/** Rules for the files of a row, by how many folders below src they are. */
const restrictLayer = ([name, row], index, rows) => {
  const allowed = row.split(' ').filter((word) => word !== '' && word !== 'node:');
  const later = rows.slice(index + 1).map(([other]) => other);
  const upward = allowed.filter((word) => !later.includes(word.split('/')[0]));
  if (upward.length > 0) throw new Error(`the row of ${name} names ${upward.join(', ')}, which no later row is of`);
  const patterns = [
    ...(row.includes('node:') ? [] : [{ regex: '^node:', message: 'no node:* module here' }]),
    ...(name === 'engine' ? [] : [{ regex: '^(dockerode|tar-stream)($|/)', message: 'only src/engine knows Docker' }]),
  ];
  const message = `the row of ${name} in eslint.config.js does not name this`;
  const others = `(?!(${[...allowed, '$'].join('|')})(/|\\.js$))`;
  return [
    { files: [`src/${name}.ts`], rules: restrict(...patterns, { regex: `^\\.\\.?/${others}`, message }) },
    { files: [`src/${name}/*.ts`], rules: restrict(...patterns, { regex: `^\\.\\./${others}`, message }) },
    { files: [`src/${name}/*/*.ts`], rules: restrict(...patterns, { regex: `^\\.\\./\\.\\./${others}`, message }) },
  ];
};

const outside = { regex: '(^|/)(scripts|test)/', message: 'bin runs without scripts and tests' };
const sources = { regex: '/src/', message: 'bin runs what was compiled; scripts and tests import src' };

/** What no file of src may hold. */
const forbidden = [
  {
    selector: 'MemberExpression[object.name="process"][property.name="env"]',
    message: 'the environment is read by src/settings alone, which is given it',
  },
  {
    selector: 'Program > VariableDeclaration[kind="let"]',
    message: 'no module state',
  },
  {
    selector: 'CallExpression[callee.name="howTo"]:not(:function CallExpression)',
    message: 'while a module loads, nobody has said yet how commands are named',
  },
];

/** How a command is typed is for src/cli to say: texts elsewhere name it by `howTo`. */
const commandLines = [/npm run/, /npx dind64/].map((words) => ({
  selector: `Literal[value=${words}], TemplateElement[value.raw=${words}]`,
  message: 'name the command by howTo, which the command line and the library word differently',
}));

export default tseslint.config(
  { ignores: ['dist/**', 'dist.*/**', 'dist-action/**', 'node_modules/**', 'coverage/**', 'images/**'] },
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
      ...restrict({ regex: '.', message: 'add a row to the layers of eslint.config.js for this folder or file' }),
      'no-restricted-syntax': ['error', ...forbidden, ...commandLines],
    },
  },
  { files: ['src/cli/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...forbidden] } },
  ...Object.entries(layers).flatMap(restrictLayer),
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
