// For the tests that ask a second node, so that nothing leans on one node's habits.
module.exports = {
  solidity: '0.8.37',
  networks: { hardhat: { chainId: 31337 } },
};
