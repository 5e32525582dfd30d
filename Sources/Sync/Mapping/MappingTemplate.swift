extension MappingFile {
  /// The `mapping.csv` that `init` writes: usual income categories of trucking companies.
  ///
  /// The same rows stand in the sample month, which a test makes sure of.
  public static let template = """
    kind,loadops,quickbooks,account,note
    item,Line Haul,Line Haul,Freight Income:Line Haul,"The freight itself, flat or per mile"
    item,Fuel Surcharge,Fuel Surcharge,Freight Income:Fuel Surcharge,Kept apart from line haul so that it can be set against fuel cost
    item,Detention,Accessorials:Detention,Freight Income:Accessorials,"Waiting time at shipper or receiver, per hour"
    item,Layover,Accessorials:Layover,Freight Income:Accessorials,Truck held overnight
    item,TONU,Accessorials:TONU,Freight Income:Accessorials,"Truck ordered, not used"
    item,Stop-Off,Accessorials:Stop-Off,Freight Income:Accessorials,Extra pick or extra drop
    item,Driver Assist,Accessorials:Driver Assist,Freight Income:Accessorials,"Driver loads, unloads or counts"
    item,Tarp,Accessorials:Tarp,Freight Income:Accessorials,Tarping of flatbed loads
    item,Hazmat,Accessorials:Hazmat,Freight Income:Accessorials,Fee for hazardous material
    item,Storage,Accessorials:Storage,Freight Income:Accessorials,"Drop trailer and storage, per day"
    item,Reconsignment,Accessorials:Reconsignment,Freight Income:Accessorials,Changed consignee or redelivery
    item,Lumper,Reimbursed:Lumper,Freight Income:Reimbursed Expenses,"Paid by us, billed on; the receipt itself belongs in an expense account"
    item,Tolls,Reimbursed:Tolls,Freight Income:Reimbursed Expenses,"Paid by us, billed on"
    item,Scale Ticket,Reimbursed:Scale Ticket,Freight Income:Reimbursed Expenses,"Paid by us, billed on"
    item,Late Delivery Allowance,Allowances:Late Delivery,Freight Income:Allowances,Negative lines; lowers income. Ask your accountant if you would rather see it as an expense

    """
}
