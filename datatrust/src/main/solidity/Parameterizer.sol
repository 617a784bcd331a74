// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import "Market.sol";

/// The market's figures, and the polls that change them.
contract Parameterizer {
    uint256 private constant STAKE = 1;
    uint256 private constant PRICE_FLOOR = 2;
    uint256 private constant SPREAD = 4;
    uint256 private constant LIST_REWARD = 5;
    uint256 private constant PLURALITY = 6;
    uint256 private constant VOTE_BY = 7;
    uint256 private constant BACKEND_PAYMENT = 8;
    uint256 private constant MAKER_PAYMENT = 9;
    uint256 private constant COST_PER_BYTE = 11;

    struct Reparam {
        uint256 param;
        uint256 value;
    }

    event ReparamProposed(address indexed owner, bytes32 indexed hash, uint256 indexed param, uint256 value);
    event ReparamFailed(bytes32 indexed hash, uint256 indexed param, uint256 value);
    event ReparamSucceeded(bytes32 indexed hash, uint256 indexed param, uint256 value);

    IToken private immutable marketToken;
    IVoting private immutable voting;
    mapping(uint256 => uint256) private values;
    mapping(bytes32 => Reparam) private reparams;

    constructor(
        address marketTokenContract,
        address votingContract,
        uint256 priceFloor,
        uint256 spread,
        uint256 listReward,
        uint256 stake,
        uint256 voteBy,
        uint256 plurality,
        uint256 backendPayment,
        uint256 makerPayment,
        uint256 costPerByte
    ) {
        marketToken = IToken(marketTokenContract);
        voting = IVoting(votingContract);
        values[PRICE_FLOOR] = priceFloor;
        values[SPREAD] = spread;
        values[LIST_REWARD] = listReward;
        values[STAKE] = stake;
        values[VOTE_BY] = voteBy;
        values[PLURALITY] = plurality;
        values[BACKEND_PAYMENT] = backendPayment;
        values[MAKER_PAYMENT] = makerPayment;
        values[COST_PER_BYTE] = costPerByte;
    }

    function getBackendPayment() external view returns (uint256) {
        return values[BACKEND_PAYMENT];
    }

    function getMakerPayment() external view returns (uint256) {
        return values[MAKER_PAYMENT];
    }

    function getReservePayment() external view returns (uint256) {
        return 100 - values[BACKEND_PAYMENT] - values[MAKER_PAYMENT];
    }

    function getCostPerByte() external view returns (uint256) {
        return values[COST_PER_BYTE];
    }

    function getStake() external view returns (uint256) {
        return values[STAKE];
    }

    function getPriceFloor() external view returns (uint256) {
        return values[PRICE_FLOOR];
    }

    function getSpread() external view returns (uint256) {
        return values[SPREAD];
    }

    function getListReward() external view returns (uint256) {
        return values[LIST_REWARD];
    }

    function getPlurality() external view returns (uint256) {
        return values[PLURALITY];
    }

    function getVoteBy() external view returns (uint256) {
        return values[VOTE_BY];
    }

    function getReparam(bytes32 hash) external view returns (uint256, uint256) {
        return (reparams[hash].param, reparams[hash].value);
    }

    function getHash(uint256 param, uint256 value) public pure returns (bytes32) {
        return keccak256(abi.encode(param, value));
    }

    /// Proposes a value. Whether it is within limits is looked at when the poll is resolved.
    function reparameterize(uint256 param, uint256 value) external {
        require(_known(param), "no such parameter");
        bytes32 hash = getHash(param, value);
        reparams[hash] = Reparam(param, value);
        voting.addCandidate(hash, Kind.REPARAM, msg.sender, values[STAKE], values[VOTE_BY]);
        emit ReparamProposed(msg.sender, hash, param, value);
    }

    function resolveReparam(bytes32 hash) external {
        require(voting.candidateIs(hash, Kind.REPARAM), "no such candidate");
        require(voting.pollClosed(hash), "the poll is open");
        Reparam memory reparam = reparams[hash];
        if (voting.didPass(hash, values[PLURALITY])) {
            _check(reparam.param, reparam.value);
            values[reparam.param] = reparam.value;
            emit ReparamSucceeded(hash, reparam.param, reparam.value);
        } else {
            emit ReparamFailed(hash, reparam.param, reparam.value);
        }
        delete reparams[hash];
        voting.removeCandidate(hash);
    }

    function _known(uint256 param) private pure returns (bool) {
        return param >= STAKE && param <= COST_PER_BYTE && param != 3 && param != 10;
    }

    function _check(uint256 param, uint256 value) private view {
        if (param == SPREAD) {
            require(value >= 100, "spread is below 100");
        } else if (param == STAKE) {
            require(value > 0 && value <= marketToken.totalSupply() / 3, "stake is not between 0 and a third of all");
        } else if (param == VOTE_BY) {
            require(value >= 1 days && value <= 14 days, "a poll lasts 1 to 14 days");
        } else if (param == PLURALITY) {
            require(value <= 100, "plurality is above 100");
        } else if (param == BACKEND_PAYMENT) {
            require(value + values[MAKER_PAYMENT] <= 100, "payments are above 100");
        } else if (param == MAKER_PAYMENT) {
            require(value + values[BACKEND_PAYMENT] <= 100, "payments are above 100");
        }
    }
}
