// Compiles contracts: node compile.js FOLDER [SOURCES] writes NAME.json (ABI and creation code) into FOLDER for each
// contract named like its file in SOURCES, this folder when it is not given.
const fs = require('fs');
const path = require('path');
const solc = require('solc');

const target = process.argv[2];
const folder = process.argv[3] || __dirname;
const sources = {};
for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.sol')).sort()) {
  sources[file] = { content: fs.readFileSync(path.join(folder, file), 'utf8') };
}
const input = {
  language: 'Solidity',
  sources,
  settings: {
    // The oldest rules that the networks in use share, so that the code runs on all of them.
    evmVersion: 'paris',
    optimizer: { enabled: true, runs: 200 },
    // Without the hash of the sources' metadata the code depends on nothing but the code.
    metadata: { bytecodeHash: 'none', appendCBOR: false },
    viaIR: true,
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
  },
};
const output = JSON.parse(solc.compile(JSON.stringify(input)));
const errors = (output.errors || []).filter((error) => error.severity === 'error');
(output.errors || []).forEach((error) => console.error(error.formattedMessage));
if (errors.length > 0) process.exit(1);
for (const file of Object.keys(sources)) {
  const name = path.basename(file, '.sol');
  const contract = (output.contracts[file] || {})[name];
  // Interfaces and what others only build on have no code.
  if (!contract || contract.evm.bytecode.object === '') continue;
  const artifact = { contract: name, compiler: solc.version(), abi: contract.abi, bytecode: '0x' + contract.evm.bytecode.object };
  fs.writeFileSync(path.join(target, name + '.json'), JSON.stringify(artifact, null, 1) + '\n');
}
