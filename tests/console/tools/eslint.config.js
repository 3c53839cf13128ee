// What the console's JavaScript must not contain. How it is laid out is prettier's, how its types fit is TypeScript's.

import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2025, sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "consistent-return": "error",
      eqeqeq: "error",
      "max-lines-per-function": ["error", 40],
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Text becomes markup: use h()." },
        { property: "outerHTML", message: "Text becomes markup: use h()." },
      ],
      "no-shadow": ["error", { builtinGlobals: false }],
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  { ignores: ["locales/**"], rules: { "max-lines": ["error", { max: 200, skipComments: true }] } },
];
