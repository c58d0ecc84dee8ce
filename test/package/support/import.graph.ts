import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** What a built file leads to. */
export interface ImportGraph {
  /** Every file that is reached, as an absolute path. */
  readonly files: ReadonlySet<string>;
  /** Packages that are needed to load it. */
  readonly packages: ReadonlySet<string>;
  /** Packages that are looked for only when they are used. */
  readonly onDemand: ReadonlySet<string>;
}

/** Follows imports, re-exports and dynamic imports from a file of JavaScript or declarations to every package. */
export function importGraphOf(entry: string): ImportGraph {
  const files = new Set<string>();
  const packages = new Set<string>();
  const onDemand = new Set<string>();
  const visit = (file: string, isOnDemand: boolean): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const { specifier, isDynamic } of importsOf(file)) {
      const later = isOnDemand || isDynamic;
      if (specifier.startsWith('.')) visit(resolved(file, specifier), later);
      else if (!specifier.startsWith('node:')) (later ? onDemand : packages).add(packageOf(specifier));
    }
  };
  visit(entry, false);
  return { files, packages, onDemand };
}

interface Import {
  readonly specifier: string;
  readonly isDynamic: boolean;
}

/** What is needed at once comes first, so that what is reached both ways does not count as on demand. */
function importsOf(file: string): readonly Import[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const found: Import[] = [];
  const look = (node: ts.Node): void => {
    const isStatic = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
    if (isStatic && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier))
      found.push({ specifier: node.moduleSpecifier.text, isDynamic: false });
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, false);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], true);
    ts.forEachChild(node, look);
  };
  const add = (node: ts.Node, isDynamic: boolean): void => {
    if (ts.isStringLiteral(node)) found.push({ specifier: node.text, isDynamic });
  };
  look(source);
  return found.sort((a, b) => Number(a.isDynamic) - Number(b.isDynamic));
}

function resolved(from: string, specifier: string): string {
  const file = join(dirname(from), specifier);
  const declaration = file.replace(/\.js$/, '.d.ts');
  const isDeclaration = from.endsWith('.d.ts') && existsSync(declaration);
  return isDeclaration ? declaration : file;
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
