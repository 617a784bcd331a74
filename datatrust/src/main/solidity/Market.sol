// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// What the contracts of one market ask of each other.

interface IToken {
    function balanceOf(address holder) external view returns (uint256);

    function totalSupply() external view returns (uint256);

    function transfer(address to, uint256 amount) external returns (bool);

    function transferFrom(address source, address to, uint256 amount) external returns (bool);
}

interface IMarketToken is IToken {
    function mint(uint256 amount) external;

    function burn(uint256 amount) external;

    function burnAll(address holder) external;
}

interface IVoting {
    function candidateIs(bytes32 hash, uint256 kind) external view returns (bool);

    function isCandidate(bytes32 hash) external view returns (bool);

    function getCandidateOwner(bytes32 hash) external view returns (address);

    function addCandidate(bytes32 hash, uint256 kind, address owner, uint256 stake, uint256 voteBy) external;

    function removeCandidate(bytes32 hash) external;

    function didPass(bytes32 hash, uint256 plurality) external view returns (bool);

    function pollClosed(bytes32 hash) external view returns (bool);

    function transferStake(bytes32 hash, address to) external;
}

interface IParameterizer {
    function getBackendPayment() external view returns (uint256);

    function getMakerPayment() external view returns (uint256);

    function getReservePayment() external view returns (uint256);

    function getCostPerByte() external view returns (uint256);

    function getStake() external view returns (uint256);

    function getPriceFloor() external view returns (uint256);

    function getSpread() external view returns (uint256);

    function getListReward() external view returns (uint256);

    function getPlurality() external view returns (uint256);

    function getVoteBy() external view returns (uint256);
}

interface IReserve {
    function getSupportPrice() external view returns (uint256);
}

interface IDatatrust {
    function getDataHash(bytes32 hash) external view returns (bytes32);

    function removeDataHash(bytes32 hash) external;

    function getAccessRewardEarned(bytes32 hash) external view returns (uint256);

    function accessRewardClaimed(bytes32 hash) external;
}

/// What a candidate is about.
library Kind {
    uint256 internal constant APPLICATION = 1;
    uint256 internal constant CHALLENGE = 2;
    uint256 internal constant REPARAM = 3;
    uint256 internal constant REGISTRATION = 4;
}
