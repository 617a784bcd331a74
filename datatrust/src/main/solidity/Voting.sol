// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import "Market.sol";

/// Polls: one vote for one stake, as often as the voter can pay. Who proposed and who voted get their stakes back when the
/// candidate is gone.
contract Voting {
    struct Candidate {
        uint256 kind;
        address owner;
        uint256 stake;
        uint256 voteBy;
        uint256 yea;
        uint256 nay;
    }

    event CandidateAdded(bytes32 indexed hash, uint256 indexed kind, address indexed owner, uint256 voteBy);
    event CandidateRemoved(bytes32 indexed hash);
    event Voted(bytes32 indexed hash, address indexed voter);

    IToken private immutable marketToken;
    address private immutable deployer;
    address private parameterizer;
    address private datatrust;
    address private listing;

    mapping(bytes32 => Candidate) private candidates;
    mapping(bytes32 => mapping(address => uint256)) private stakes;

    constructor(address marketTokenContract) {
        marketToken = IToken(marketTokenContract);
        deployer = msg.sender;
    }

    modifier privileged() {
        require(hasPrivilege(msg.sender), "only the market's contracts");
        _;
    }

    function setPrivileged(address parameterizerContract, address datatrustContract, address listingContract) external {
        require(msg.sender == deployer, "only the market's owner");
        require(listing == address(0), "set already");
        require(
            parameterizerContract != address(0) && datatrustContract != address(0) && listingContract != address(0),
            "no address"
        );
        parameterizer = parameterizerContract;
        datatrust = datatrustContract;
        listing = listingContract;
    }

    function getPrivileged() external view returns (address, address, address) {
        return (parameterizer, datatrust, listing);
    }

    function hasPrivilege(address who) public view returns (bool) {
        return who != address(0) && (who == parameterizer || who == datatrust || who == listing);
    }

    function candidateIs(bytes32 hash, uint256 kind) external view returns (bool) {
        return kind != 0 && candidates[hash].kind == kind;
    }

    function isCandidate(bytes32 hash) public view returns (bool) {
        return candidates[hash].kind != 0;
    }

    function getCandidate(bytes32 hash)
        external
        view
        returns (uint256 kind, address owner, uint256 stake, uint256 voteBy, uint256 yea, uint256 nay)
    {
        Candidate storage candidate = candidates[hash];
        return (candidate.kind, candidate.owner, candidate.stake, candidate.voteBy, candidate.yea, candidate.nay);
    }

    function getCandidateOwner(bytes32 hash) external view returns (address) {
        return candidates[hash].owner;
    }

    /// Opens a poll for so many seconds. All but applications cost their owner a stake.
    function addCandidate(bytes32 hash, uint256 kind, address owner, uint256 stake, uint256 voteBy)
        external
        privileged
    {
        require(!isCandidate(hash), "a candidate already");
        if (kind != Kind.APPLICATION) {
            _take(hash, owner, stake);
        }
        uint256 end = block.timestamp + voteBy;
        candidates[hash] = Candidate(kind, owner, stake, end, 0, 0);
        emit CandidateAdded(hash, kind, owner, end);
    }

    function removeCandidate(bytes32 hash) external privileged {
        require(isCandidate(hash), "no candidate");
        delete candidates[hash];
        emit CandidateRemoved(hash);
    }

    /// With no vote at all only a plurality of zero is reached.
    function didPass(bytes32 hash, uint256 plurality) external view returns (bool) {
        Candidate storage candidate = candidates[hash];
        uint256 votes = candidate.yea + candidate.nay;
        return votes == 0 ? plurality == 0 : candidate.yea * 100 / votes >= plurality;
    }

    function pollClosed(bytes32 hash) external view returns (bool) {
        return candidates[hash].voteBy < block.timestamp;
    }

    /// Option 1 is yea, any other is nay.
    function vote(bytes32 hash, uint256 option) external {
        Candidate storage candidate = candidates[hash];
        require(candidate.kind != 0, "no candidate");
        require(candidate.voteBy > block.timestamp, "the poll is closed");
        _take(hash, msg.sender, candidate.stake);
        if (option == 1) {
            candidate.yea += 1;
        } else {
            candidate.nay += 1;
        }
        emit Voted(hash, msg.sender);
    }

    /// Gives the candidate's own stake to another.
    function transferStake(bytes32 hash, address to) external {
        require(msg.sender == listing, "only the listing");
        Candidate storage candidate = candidates[hash];
        stakes[hash][candidate.owner] -= candidate.stake;
        stakes[hash][to] += candidate.stake;
    }

    function getStake(bytes32 hash, address who) external view returns (uint256) {
        return stakes[hash][who];
    }

    function unstake(bytes32 hash) external {
        require(!isCandidate(hash), "still a candidate");
        uint256 stake = stakes[hash][msg.sender];
        require(stake > 0, "no stake");
        stakes[hash][msg.sender] = 0;
        marketToken.transfer(msg.sender, stake);
    }

    function _take(bytes32 hash, address who, uint256 stake) private {
        stakes[hash][who] += stake;
        marketToken.transferFrom(who, address(this), stake);
    }
}
