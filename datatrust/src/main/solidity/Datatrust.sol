// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import "Market.sol";

/// Who holds the market's data, that it is held, who bought how much of it, and that it was delivered.
contract Datatrust {
    uint256 private constant LONGEST_URL = 128;

    struct Delivery {
        address owner;
        uint256 requested;
        uint256 delivered;
        // The terms of the day it was bought.
        uint256 costPerByte;
        uint256 backendPayment;
        uint256 makerPayment;
    }

    event Registered(bytes32 indexed hash, address indexed registrant);
    event RegistrationSucceeded(bytes32 indexed hash, address indexed registrant);
    event RegistrationFailed(bytes32 indexed hash, address indexed registrant);
    event Delivered(bytes32 indexed hash, address indexed owner, bytes32 url);
    event ListingAccessed(bytes32 indexed hash, bytes32 indexed delivery, uint256 amount);
    /// Part of the interface; nothing tells it.
    event DeliveryRequested(bytes32 indexed hash, address indexed requester, uint256 amount);

    IToken private immutable etherToken;
    IVoting private immutable voting;
    IParameterizer private immutable parameterizer;
    address private immutable reserve;
    address private immutable deployer;
    address private listing;

    address private backend;
    string private backendUrl;
    mapping(bytes32 => bytes32) private dataHashes;
    mapping(address => uint256) private bytesPurchased;
    mapping(bytes32 => Delivery) private deliveries;
    mapping(bytes32 => uint256) private accessRewards;

    constructor(
        address etherTokenContract,
        address votingContract,
        address parameterizerContract,
        address reserveContract
    ) {
        etherToken = IToken(etherTokenContract);
        voting = IVoting(votingContract);
        parameterizer = IParameterizer(parameterizerContract);
        reserve = reserveContract;
        deployer = msg.sender;
    }

    modifier onlyBackend() {
        require(msg.sender == backend, "only the registered datatrust");
        _;
    }

    modifier onlyListing() {
        require(msg.sender == listing, "only the listing");
        _;
    }

    function setPrivileged(address listingContract) external {
        require(msg.sender == deployer, "only the market's owner");
        require(listing == address(0), "set already");
        require(listingContract != address(0), "no address");
        listing = listingContract;
    }

    function getPrivileged() external view returns (address) {
        return listing;
    }

    function getReserve() external view returns (address) {
        return reserve;
    }

    function getHash(string memory url) public pure returns (bytes32) {
        return keccak256(bytes(url));
    }

    function getBackendAddress() external view returns (address) {
        return backend;
    }

    function getBackendUrl() external view returns (string memory) {
        return backendUrl;
    }

    function setBackendUrl(string calldata url) external onlyBackend {
        require(bytes(url).length <= LONGEST_URL, "the URL is too long");
        backendUrl = url;
    }

    function getDataHash(bytes32 hash) external view returns (bytes32) {
        return dataHashes[hash];
    }

    function setDataHash(bytes32 hash, bytes32 data) external onlyBackend {
        dataHashes[hash] = data;
    }

    function removeDataHash(bytes32 hash) external onlyListing {
        delete dataHashes[hash];
    }

    function register(string calldata url) external {
        require(bytes(url).length <= LONGEST_URL, "the URL is too long");
        require(msg.sender != backend, "registered already");
        bytes32 hash = getHash(url);
        voting.addCandidate(
            hash, Kind.REGISTRATION, msg.sender, parameterizer.getStake(), parameterizer.getVoteBy()
        );
        emit Registered(hash, msg.sender);
    }

    function resolveRegistration(bytes32 hash) external {
        require(voting.candidateIs(hash, Kind.REGISTRATION), "no such candidate");
        require(voting.pollClosed(hash), "the poll is open");
        address registrant = voting.getCandidateOwner(hash);
        if (voting.didPass(hash, parameterizer.getPlurality())) {
            backend = registrant;
            backendUrl = "";
            emit RegistrationSucceeded(hash, registrant);
        } else {
            emit RegistrationFailed(hash, registrant);
        }
        voting.removeCandidate(hash);
    }

    /// Buys bytes. What the reserve is due is paid at once, the rest when it is earned.
    function requestDelivery(bytes32 hash, uint256 amount) external {
        require(deliveries[hash].owner == address(0), "requested already");
        uint256 cost = parameterizer.getCostPerByte();
        uint256 total = cost * amount;
        deliveries[hash] =
            Delivery(msg.sender, amount, 0, cost, parameterizer.getBackendPayment(), parameterizer.getMakerPayment());
        bytesPurchased[msg.sender] += amount;
        etherToken.transferFrom(msg.sender, address(this), total);
        etherToken.transfer(reserve, total * parameterizer.getReservePayment() / 100);
    }

    function getBytesPurchased(address buyer) external view returns (uint256) {
        return bytesPurchased[buyer];
    }

    function getDelivery(bytes32 hash) external view returns (address, uint256, uint256) {
        Delivery storage delivery = deliveries[hash];
        return (delivery.owner, delivery.requested, delivery.delivered);
    }

    /// Bytes of a listing are given out on account of a delivery.
    function listingAccessed(bytes32 hash, bytes32 delivery, uint256 amount) external onlyBackend {
        require(dataHashes[hash] != 0, "no data");
        Delivery storage bought = deliveries[delivery];
        require(bytesPurchased[bought.owner] >= amount, "not enough bytes purchased");
        bytesPurchased[bought.owner] -= amount;
        bought.delivered += amount;
        accessRewards[hash] += bought.costPerByte * amount * bought.makerPayment / 100;
        emit ListingAccessed(hash, delivery, amount);
    }

    /// The whole delivery is done: who holds the data is paid.
    function delivered(bytes32 delivery, bytes32 url) external onlyBackend {
        Delivery memory done = deliveries[delivery];
        require(done.owner != address(0), "no such delivery");
        require(done.delivered >= done.requested, "not delivered yet");
        delete deliveries[delivery];
        etherToken.transfer(backend, done.costPerByte * done.requested * done.backendPayment / 100);
        emit Delivered(delivery, done.owner, url);
    }

    function getAccessRewardEarned(bytes32 hash) external view returns (uint256) {
        return accessRewards[hash];
    }

    /// The reserve gets what the listing's maker gets shares for.
    function accessRewardClaimed(bytes32 hash) external onlyListing {
        uint256 reward = accessRewards[hash];
        delete accessRewards[hash];
        etherToken.transfer(reserve, reward);
    }
}
