// Which types the public signatures of a package mention without the package, or one below it, exporting them: a user
// can then not write down what a function takes or gives.
import ts from "typescript";

/**
 * @param entries declaration files of the packages' entries
 * @returns lines such as "layers: PlotModelOptions in plotModel (plot-model.d.ts)"
 */
export function hiddenTypes(entries) {
  const program = ts.createProgram(entries, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
    types: [],
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const resolved = (symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exportsOf = (entry) => {
    const source = checker.getSymbolAtLocation(program.getSourceFile(entry));
    return source ? checker.getExportsOfModule(source).map(resolved) : [];
  };
  const exported = new Set(entries.flatMap(exportsOf));
  const isHidden = (node) =>
    (node.name && ts.isPrivateIdentifier(node.name)) ||
    (ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : []).some(
      ({ kind }) => kind === ts.SyntaxKind.PrivateKeyword,
    ) ||
    ts.getJSDocCommentsAndTags(node).some((doc) => /^\/\*\*[\s*]*Internal:/.test(doc.getText()));
  const found = new Map();
  const packageOf = (file) =>
    file.match(/@hekla[/]([^/]*)[/]/)?.[1] ?? file.match(/packages[/]([^/]*)[/]/)?.[1];
  const visit = (node, owner) => {
    // What a class or an interface extends need not be named: its members are looked at where they are seen.
    if (ts.isHeritageClause(node) || isHidden(node)) return;
    const name = ts.isTypeReferenceNode(node) ? node.typeName : undefined;
    const symbol = name && checker.getSymbolAtLocation(name);
    if (symbol) {
      const target = resolved(symbol);
      const own = target.declarations?.some(
        (declaration) =>
          packageOf(declaration.getSourceFile().fileName) && !ts.isTypeParameterDeclaration(declaration),
      );
      if (own && !exported.has(target) && !target.declarations.some(isHidden)) {
        const file = target.declarations[0].getSourceFile().fileName;
        const key = `${packageOf(file)}: ${target.name} (${file.split("/dist/").at(-1)})`;
        found.set(key, found.get(key) ?? owner);
      }
    }
    const inner = ts.isClassElement(node) && node.name ? `${owner}.${node.name.getText()}` : owner;
    ts.forEachChild(node, (child) => visit(child, inner));
  };
  for (const symbol of exported) {
    for (const declaration of symbol.declarations ?? []) {
      if (packageOf(declaration.getSourceFile().fileName)) visit(declaration, symbol.name);
    }
  }
  return [...found].map(([type, owner]) => `${type} in ${owner}`).sort();
}
