// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import "Market.sol";

/// What is for sale: proposed by makers, voted in, challenged out, or taken back.
contract Listing {
    uint256 private constant GWEI = 1e9;

    struct Listed_ {
        address owner;
        uint256 supply;
    }

    event Applied(bytes32 indexed hash, address indexed applicant);
    event ApplicationFailed(bytes32 indexed hash, address indexed applicant);
    event Listed(bytes32 indexed hash, address indexed owner, uint256 reward);
    event ListingRemoved(bytes32 indexed hash);
    event Challenged(bytes32 indexed hash, address indexed challenger);
    event ChallengeFailed(bytes32 indexed hash, address indexed challenger);
    event ChallengeSucceeded(bytes32 indexed hash, address indexed challenger);
    event AccessRewardClaimed(bytes32 indexed hash, uint256 maker_fee, uint256 minted);
    event WithdrawnFromListing(bytes32 indexed hash, address indexed owner, uint256 withdrawn);

    IMarketToken private immutable marketToken;
    IVoting private immutable voting;
    IParameterizer private immutable parameterizer;
    IReserve private immutable reserve;
    IDatatrust private immutable datatrust;
    mapping(bytes32 => Listed_) private listings;

    constructor(
        address marketTokenContract,
        address votingContract,
        address parameterizerContract,
        address reserveContract,
        address datatrustContract
    ) {
        marketToken = IMarketToken(marketTokenContract);
        voting = IVoting(votingContract);
        parameterizer = IParameterizer(parameterizerContract);
        reserve = IReserve(reserveContract);
        datatrust = IDatatrust(datatrustContract);
    }

    modifier onlyOwnerOf(bytes32 hash) {
        require(listings[hash].owner == msg.sender, "only the listing's owner");
        _;
    }

    function isListed(bytes32 hash) public view returns (bool) {
        return listings[hash].owner != address(0);
    }

    function getListing(bytes32 hash) external view returns (address, uint256) {
        return (listings[hash].owner, listings[hash].supply);
    }

    function list(bytes32 hash) external {
        require(!isListed(hash), "listed already");
        voting.addCandidate(hash, Kind.APPLICATION, msg.sender, parameterizer.getStake(), parameterizer.getVoteBy());
        emit Applied(hash, msg.sender);
    }

    function resolveApplication(bytes32 hash) external {
        require(voting.candidateIs(hash, Kind.APPLICATION), "no such candidate");
        require(voting.pollClosed(hash), "the poll is open");
        address owner = voting.getCandidateOwner(hash);
        bool held = datatrust.getDataHash(hash) != 0;
        if (held && voting.didPass(hash, parameterizer.getPlurality())) {
            uint256 reward = parameterizer.getListReward();
            listings[hash] = Listed_(owner, reward);
            marketToken.mint(reward);
            emit Listed(hash, owner, reward);
        } else {
            if (held) {
                datatrust.removeDataHash(hash);
            }
            emit ApplicationFailed(hash, owner);
        }
        voting.removeCandidate(hash);
    }

    function challenge(bytes32 hash) external {
        require(isListed(hash), "not listed");
        voting.addCandidate(hash, Kind.CHALLENGE, msg.sender, parameterizer.getStake(), parameterizer.getVoteBy());
        emit Challenged(hash, msg.sender);
    }

    function resolveChallenge(bytes32 hash) external {
        require(voting.candidateIs(hash, Kind.CHALLENGE), "no such candidate");
        require(voting.pollClosed(hash), "the poll is open");
        address challenger = voting.getCandidateOwner(hash);
        if (voting.didPass(hash, parameterizer.getPlurality())) {
            _remove(hash);
            emit ChallengeSucceeded(hash, challenger);
        } else {
            voting.transferStake(hash, listings[hash].owner);
            emit ChallengeFailed(hash, challenger);
        }
        voting.removeCandidate(hash);
    }

    function exit(bytes32 hash) external onlyOwnerOf(hash) {
        require(!voting.isCandidate(hash), "it is challenged");
        _remove(hash);
    }

    function withdrawFromListing(bytes32 hash, uint256 amount) external onlyOwnerOf(hash) {
        require(listings[hash].supply >= amount, "more than its supply");
        listings[hash].supply -= amount;
        marketToken.transfer(msg.sender, amount);
        emit WithdrawnFromListing(hash, msg.sender, amount);
    }

    /// Turns what its data earned into shares of the market.
    function claimAccessReward(bytes32 hash) external onlyOwnerOf(hash) {
        uint256 fee = datatrust.getAccessRewardEarned(hash);
        uint256 price = reserve.getSupportPrice();
        require(fee >= price, "below the support price");
        uint256 minted = fee * GWEI / price;
        datatrust.accessRewardClaimed(hash);
        marketToken.mint(minted);
        listings[hash].supply += minted;
        emit AccessRewardClaimed(hash, fee, minted);
    }

    function _remove(bytes32 hash) private {
        Listed_ memory gone = listings[hash];
        delete listings[hash];
        datatrust.removeDataHash(hash);
        if (gone.supply > 0) {
            marketToken.transfer(gone.owner, gone.supply);
        }
        emit ListingRemoved(hash);
    }
}
