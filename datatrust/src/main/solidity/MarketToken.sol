// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import "Token.sol";

/// A share in a market. The reserve makes it for who supports the market, a listing for who lists and sells.
contract MarketToken is Token {
    event Burned(address indexed burner, uint256 amount);
    event Minted(address indexed to, uint256 amount);

    string public constant symbol = "CMT";

    address private immutable deployer;
    address private reserve;
    address private listing;

    constructor(address initialAccount, uint256 initialBalance) {
        deployer = msg.sender;
        _mint(initialAccount, initialBalance);
    }

    function setPrivileged(address reserveContract, address listingContract) external {
        require(msg.sender == deployer, "only the market's owner");
        require(reserve == address(0), "set already");
        require(reserveContract != address(0) && listingContract != address(0), "no address");
        reserve = reserveContract;
        listing = listingContract;
    }

    function getPrivileged() external view returns (address, address) {
        return (reserve, listing);
    }

    function hasPrivilege(address who) public view returns (bool) {
        return who != address(0) && (who == reserve || who == listing);
    }

    function mint(uint256 amount) external {
        require(hasPrivilege(msg.sender), "only the reserve or the listing");
        _mint(msg.sender, amount);
        emit Minted(msg.sender, amount);
    }

    function burn(uint256 amount) external {
        require(msg.sender == listing, "only the listing");
        _burn(msg.sender, amount);
        emit Burned(msg.sender, amount);
    }

    function burnAll(address holder) external {
        require(msg.sender == reserve, "only the reserve");
        uint256 amount = balanceOf[holder];
        _burn(holder, amount);
        emit Burned(holder, amount);
    }
}
