// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import "Market.sol";

/// What the market is worth: who supports it gets shares, who leaves takes a part along.
contract Reserve {
    uint256 private constant GWEI = 1e9;

    event Withdrawn(address indexed owner, uint256 transferred);
    event Supported(address indexed owner, uint256 offered, uint256 minted);

    IToken private immutable etherToken;
    IMarketToken private immutable marketToken;
    IParameterizer private immutable parameterizer;

    constructor(address etherTokenContract, address marketTokenContract, address parameterizerContract) {
        etherToken = IToken(etherTokenContract);
        marketToken = IMarketToken(marketTokenContract);
        parameterizer = IParameterizer(parameterizerContract);
    }

    /// In wei of the ether token for a thousand millionth of a share.
    function getSupportPrice() public view returns (uint256) {
        uint256 shares = marketToken.totalSupply();
        uint256 atLeast = shares > 1e18 ? shares : 1e18;
        uint256 held = etherToken.balanceOf(address(this));
        return parameterizer.getPriceFloor() + parameterizer.getSpread() * held * GWEI / (100 * atLeast);
    }

    function support(uint256 offer) external {
        uint256 price = getSupportPrice();
        require(offer >= price, "below the support price");
        uint256 minted = offer / price * GWEI;
        etherToken.transferFrom(msg.sender, address(this), offer);
        marketToken.mint(minted);
        marketToken.transfer(msg.sender, minted);
        emit Supported(msg.sender, offer, minted);
    }

    function getWithdrawalProceeds(address holder) public view returns (uint256) {
        uint256 shares = marketToken.totalSupply();
        return shares == 0
            ? 0
            : marketToken.balanceOf(holder) * etherToken.balanceOf(address(this)) / shares;
    }

    function withdraw() external {
        uint256 proceeds = getWithdrawalProceeds(msg.sender);
        require(proceeds > 0, "nothing to withdraw");
        marketToken.burnAll(msg.sender);
        etherToken.transfer(msg.sender, proceeds);
        emit Withdrawn(msg.sender, proceeds);
    }
}
