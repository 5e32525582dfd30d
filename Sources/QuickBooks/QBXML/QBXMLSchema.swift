internal import Vocabulary

/// Our schemas of qbXML, which `Schemas/qbxml-request.xsd` and `Schemas/qbxml-response.xsd` repeat for
/// other validators.
package enum QBXMLSchema {
  /// The schema of the requests that we write, ready to validate with.
  static func requests() throws(Failure) -> XMLSchema { try made.get() }

  private static let made = Result { () throws(Failure) in try XMLSchema(requestText) }

  /// The schema of the requests that we write.
  package static let requestText = #"""
    <?xml version="1.0" encoding="utf-8"?>
    <!-- The qbXML requests that LoadBooks writes, and nothing else: elements in the order of Intuit's schema
         13.0, with its types and lengths. Elements that LoadBooks has no use for are left out, and with them
         all those that QuickBooks Desktop refuses. Written from the documentation of the format. -->
    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="unqualified">

      <xs:element name="QBXML">
        <xs:complexType>
          <xs:sequence>
            <xs:element name="QBXMLMsgsRq" type="Requests"/>
          </xs:sequence>
        </xs:complexType>
      </xs:element>

      <xs:complexType name="Requests">
        <xs:choice minOccurs="0" maxOccurs="unbounded">
          <xs:element name="StandardTermsAddRq" type="StandardTermsAddRq"/>
          <xs:element name="AccountAddRq" type="AccountAddRq"/>
          <xs:element name="ClassAddRq" type="ClassAddRq"/>
          <xs:element name="ItemServiceAddRq" type="ItemServiceAddRq"/>
          <xs:element name="ItemOtherChargeAddRq" type="ItemOtherChargeAddRq"/>
          <xs:element name="CustomerAddRq" type="CustomerAddRq"/>
          <xs:element name="InvoiceAddRq" type="InvoiceAddRq"/>
          <xs:element name="CreditMemoAddRq" type="CreditMemoAddRq"/>
          <xs:element name="TxnDelRq" type="TxnDelRq"/>
          <xs:element name="TxnVoidRq" type="TxnVoidRq"/>
          <xs:element name="HostQueryRq" type="PlainQueryRq"/>
          <xs:element name="CompanyQueryRq" type="PlainQueryRq"/>
          <xs:element name="PreferencesQueryRq" type="PlainQueryRq"/>
          <xs:element name="AccountQueryRq" type="ListQueryRq"/>
          <xs:element name="TermsQueryRq" type="ListQueryRq"/>
          <xs:element name="ClassQueryRq" type="ListQueryRq"/>
          <xs:element name="ItemQueryRq" type="IteratedQueryRq"/>
          <xs:element name="CustomerQueryRq" type="CustomerQueryRq"/>
          <xs:element name="EntityQueryRq" type="IteratedQueryRq"/>
          <xs:element name="InvoiceQueryRq" type="TransactionQueryRq"/>
          <xs:element name="CreditMemoQueryRq" type="TransactionQueryRq"/>
        </xs:choice>
        <xs:attribute name="onError" use="required">
          <xs:simpleType>
            <xs:restriction base="xs:string">
              <xs:enumeration value="continueOnError"/>
              <xs:enumeration value="stopOnError"/>
            </xs:restriction>
          </xs:simpleType>
        </xs:attribute>
        <xs:attribute name="newMessageSetID" type="MessageSetID"/>
        <xs:attribute name="oldMessageSetID" type="MessageSetID"/>
      </xs:complexType>

      <!-- Lists -->

      <xs:complexType name="StandardTermsAddRq">
        <xs:sequence>
          <xs:element name="StandardTermsAdd">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="Name" type="Name31"/>
                <xs:element name="StdDueDays" type="Days" minOccurs="0"/>
                <xs:element name="StdDiscountDays" type="Days" minOccurs="0"/>
                <xs:element name="DiscountPct" type="Decimal5" minOccurs="0"/>
              </xs:sequence>
            </xs:complexType>
          </xs:element>
        </xs:sequence>
        <xs:attributeGroup ref="Request"/>
      </xs:complexType>

      <xs:complexType name="AccountAddRq">
        <xs:sequence>
          <xs:element name="AccountAdd">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="Name" type="Name31"/>
                <xs:element name="ParentRef" type="Ref159" minOccurs="0"/>
                <xs:element name="AccountType">
                  <xs:simpleType>
                    <xs:restriction base="xs:string">
                      <xs:enumeration value="AccountsReceivable"/>
                      <xs:enumeration value="Income"/>
                    </xs:restriction>
                  </xs:simpleType>
                </xs:element>
              </xs:sequence>
            </xs:complexType>
          </xs:element>
        </xs:sequence>
        <xs:attributeGroup ref="Request"/>
      </xs:complexType>

      <xs:complexType name="ClassAddRq">
        <xs:sequence>
          <xs:element name="ClassAdd">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="Name" type="Name31"/>
                <xs:element name="ParentRef" type="Ref159" minOccurs="0"/>
              </xs:sequence>
            </xs:complexType>
          </xs:element>
        </xs:sequence>
        <xs:attributeGroup ref="Request"/>
      </xs:complexType>

      <xs:complexType name="ItemServiceAddRq">
        <xs:sequence>
          <xs:element name="ItemServiceAdd" type="SoldItem"/>
        </xs:sequence>
        <xs:attributeGroup ref="Request"/>
      </xs:complexType>

      <xs:complexType name="ItemOtherChargeAddRq">
        <xs:sequence>
          <xs:element name="ItemOtherChargeAdd" type="SoldItem"/>
        </xs:sequence>
        <xs:attributeGroup ref="Request"/>
      </xs:complexType>

      <xs:complexType name="SoldItem">
        <xs:sequence>
          <xs:element name="Name" type="Name31"/>
          <xs:element name="ParentRef" type="Ref159" minOccurs="0"/>
          <xs:element name="SalesTaxCodeRef" type="Ref3" minOccurs="0"/>
          <xs:element name="SalesOrPurchase">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="Desc" type="Text4095" minOccurs="0"/>
                <xs:element name="AccountRef" type="Ref159"/>
              </xs:sequence>
            </xs:complexType>
          </xs:element>
        </xs:sequence>
      </xs:complexType>

      <xs:complexType name="CustomerAddRq">
        <xs:sequence>
          <xs:element name="CustomerAdd">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="Name" type="Name41"/>
                <xs:element name="ParentRef" type="Ref209" minOccurs="0"/>
                <xs:element name="CompanyName" type="Text41" minOccurs="0"/>
                <xs:element name="BillAddress" type="Address" minOccurs="0"/>
                <xs:element name="Phone" type="Text21" minOccurs="0"/>
                <xs:element name="Email" type="Text1023" minOccurs="0"/>
                <xs:element name="Contact" type="Text41" minOccurs="0"/>
                <xs:element name="TermsRef" type="Ref31" minOccurs="0"/>
                <xs:element name="AccountNumber" type="Text99" minOccurs="0"/>
              </xs:sequence>
            </xs:complexType>
          </xs:element>
        </xs:sequence>
        <xs:attributeGroup ref="Request"/>
      </xs:complexType>

      <xs:complexType name="Address">
        <xs:sequence>
          <xs:element name="Addr1" type="Text41"/>
          <xs:element name="Addr2" type="Text41" minOccurs="0"/>
          <xs:element name="Addr3" type="Text41" minOccurs="0"/>
          <xs:element name="Addr4" type="Text41" minOccurs="0"/>
          <xs:element name="Addr5" type="Text41" minOccurs="0"/>
        </xs:sequence>
      </xs:complexType>

      <!-- Documents -->

      <xs:complexType name="InvoiceAddRq">
        <xs:sequence>
          <xs:element name="InvoiceAdd">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="CustomerRef" type="Ref209"/>
                <xs:element name="ClassRef" type="Ref159" minOccurs="0"/>
                <xs:element name="ARAccountRef" type="Ref159"/>
                <xs:element name="TxnDate" type="Date"/>
                <xs:element name="RefNumber" type="Text11"/>
                <xs:element name="PONumber" type="Text25" minOccurs="0"/>
                <xs:element name="TermsRef" type="Ref31" minOccurs="0"/>
                <xs:element name="DueDate" type="Date" minOccurs="0"/>
                <xs:element name="ShipDate" type="Date" minOccurs="0"/>
                <xs:element name="Memo" type="Text4095" minOccurs="0"/>
                <xs:element name="IsToBePrinted" type="xs:boolean"/>
                <xs:element name="IsToBeEmailed" type="xs:boolean"/>
                <xs:element name="InvoiceLineAdd" type="Line" maxOccurs="unbounded"/>
              </xs:sequence>
            </xs:complexType>
          </xs:element>
        </xs:sequence>
        <xs:attributeGroup ref="Request"/>
      </xs:complexType>

      <xs:complexType name="CreditMemoAddRq">
        <xs:sequence>
          <xs:element name="CreditMemoAdd">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="CustomerRef" type="Ref209"/>
                <xs:element name="ClassRef" type="Ref159" minOccurs="0"/>
                <xs:element name="ARAccountRef" type="Ref159"/>
                <xs:element name="TxnDate" type="Date"/>
                <xs:element name="RefNumber" type="Text11"/>
                <xs:element name="PONumber" type="Text25" minOccurs="0"/>
                <xs:element name="ShipDate" type="Date" minOccurs="0"/>
                <xs:element name="Memo" type="Text4095" minOccurs="0"/>
                <xs:element name="IsToBePrinted" type="xs:boolean"/>
                <xs:element name="IsToBeEmailed" type="xs:boolean"/>
                <xs:element name="CreditMemoLineAdd" type="Line" maxOccurs="unbounded"/>
              </xs:sequence>
            </xs:complexType>
          </xs:element>
        </xs:sequence>
        <xs:attributeGroup ref="Request"/>
      </xs:complexType>

      <!-- The class stands between rate and amount; every line states its amount. -->
      <xs:complexType name="Line">
        <xs:sequence>
          <xs:element name="ItemRef" type="Ref159"/>
          <xs:element name="Desc" type="Text4095" minOccurs="0"/>
          <xs:element name="Quantity" type="Decimal5" minOccurs="0"/>
          <xs:element name="Rate" type="Decimal5" minOccurs="0"/>
          <xs:element name="ClassRef" type="Ref159" minOccurs="0"/>
          <xs:element name="Amount" type="Amount"/>
          <xs:element name="SalesTaxCodeRef" type="Ref3" minOccurs="0"/>
        </xs:sequence>
      </xs:complexType>

      <!-- Taking documents back -->

      <xs:complexType name="TxnDelRq">
        <xs:sequence>
          <xs:element name="TxnDelType" type="TransactionType"/>
          <xs:element name="TxnID" type="ID"/>
        </xs:sequence>
        <xs:attributeGroup ref="Request"/>
      </xs:complexType>

      <xs:complexType name="TxnVoidRq">
        <xs:sequence>
          <xs:element name="TxnVoidType" type="TransactionType"/>
          <xs:element name="TxnID" type="ID"/>
        </xs:sequence>
        <xs:attributeGroup ref="Request"/>
      </xs:complexType>

      <!-- Queries -->

      <xs:complexType name="PlainQueryRq">
        <xs:attributeGroup ref="Request"/>
      </xs:complexType>

      <xs:complexType name="ListQueryRq">
        <xs:sequence>
          <xs:element name="ActiveStatus" type="ActiveStatus"/>
          <xs:element name="IncludeRetElement" type="Text50" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:attributeGroup ref="Request"/>
      </xs:complexType>

      <xs:complexType name="IteratedQueryRq">
        <xs:sequence>
          <xs:element name="MaxReturned" type="xs:positiveInteger" minOccurs="0"/>
          <xs:element name="ActiveStatus" type="ActiveStatus"/>
          <xs:element name="IncludeRetElement" type="Text50" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:attributeGroup ref="Request"/>
        <xs:attributeGroup ref="Iterator"/>
      </xs:complexType>

      <xs:complexType name="CustomerQueryRq">
        <xs:sequence>
          <xs:choice>
            <xs:element name="FullName" type="Text209" maxOccurs="unbounded"/>
            <xs:sequence>
              <xs:element name="MaxReturned" type="xs:positiveInteger" minOccurs="0"/>
              <xs:element name="ActiveStatus" type="ActiveStatus"/>
            </xs:sequence>
          </xs:choice>
          <xs:element name="IncludeRetElement" type="Text50" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:attributeGroup ref="Request"/>
        <xs:attributeGroup ref="Iterator"/>
      </xs:complexType>

      <xs:complexType name="TransactionQueryRq">
        <xs:sequence>
          <xs:choice>
            <xs:element name="RefNumberCaseSensitive" type="Text11" maxOccurs="unbounded"/>
            <xs:sequence>
              <xs:element name="MaxReturned" type="xs:positiveInteger" minOccurs="0"/>
              <xs:element name="TxnDateRangeFilter" minOccurs="0">
                <xs:complexType>
                  <xs:sequence>
                    <xs:element name="FromTxnDate" type="Date" minOccurs="0"/>
                    <xs:element name="ToTxnDate" type="Date" minOccurs="0"/>
                  </xs:sequence>
                </xs:complexType>
              </xs:element>
            </xs:sequence>
          </xs:choice>
          <xs:element name="IncludeLineItems" type="xs:boolean"/>
          <xs:element name="IncludeRetElement" type="Text50" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
        <xs:attributeGroup ref="Request"/>
        <xs:attributeGroup ref="Iterator"/>
      </xs:complexType>

      <!-- Attributes -->

      <xs:attributeGroup name="Request">
        <xs:attribute name="requestID" use="required">
          <xs:simpleType>
            <xs:restriction base="xs:string">
              <xs:minLength value="1"/>
              <xs:maxLength value="50"/>
              <xs:pattern value="[ -~]+"/>
            </xs:restriction>
          </xs:simpleType>
        </xs:attribute>
      </xs:attributeGroup>

      <xs:attributeGroup name="Iterator">
        <xs:attribute name="iterator">
          <xs:simpleType>
            <xs:restriction base="xs:string">
              <xs:enumeration value="Start"/>
              <xs:enumeration value="Continue"/>
            </xs:restriction>
          </xs:simpleType>
        </xs:attribute>
        <xs:attribute name="iteratorID" type="xs:string"/>
      </xs:attributeGroup>

      <!-- Values -->

      <xs:simpleType name="MessageSetID">
        <xs:restriction base="xs:string">
          <xs:minLength value="1"/>
          <xs:maxLength value="24"/>
        </xs:restriction>
      </xs:simpleType>

      <xs:simpleType name="Amount">
        <xs:restriction base="xs:string">
          <xs:pattern value="-?[0-9]{1,13}\.[0-9]{2}"/>
        </xs:restriction>
      </xs:simpleType>

      <xs:simpleType name="Decimal5">
        <xs:restriction base="xs:string">
          <xs:pattern value="-?[0-9]{1,10}(\.[0-9]{1,5})?"/>
        </xs:restriction>
      </xs:simpleType>

      <xs:simpleType name="Days">
        <xs:restriction base="xs:nonNegativeInteger">
          <xs:maxInclusive value="999"/>
        </xs:restriction>
      </xs:simpleType>

      <xs:simpleType name="Date">
        <xs:restriction base="xs:date">
          <xs:pattern value="[0-9]{4}-[0-9]{2}-[0-9]{2}"/>
        </xs:restriction>
      </xs:simpleType>

      <xs:simpleType name="ID">
        <xs:restriction base="xs:string">
          <xs:minLength value="1"/>
          <xs:maxLength value="36"/>
        </xs:restriction>
      </xs:simpleType>

      <xs:simpleType name="TransactionType">
        <xs:restriction base="xs:string">
          <xs:enumeration value="Invoice"/>
          <xs:enumeration value="CreditMemo"/>
        </xs:restriction>
      </xs:simpleType>

      <xs:simpleType name="ActiveStatus">
        <xs:restriction base="xs:string">
          <xs:enumeration value="All"/>
        </xs:restriction>
      </xs:simpleType>

      <!-- A name of one level; a colon would begin another. -->
      <xs:simpleType name="Name">
        <xs:restriction base="xs:string">
          <xs:minLength value="1"/>
          <xs:pattern value="[^:&#9;&#10;&#13;]+"/>
        </xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Name31">
        <xs:restriction base="Name"><xs:maxLength value="31"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Name41">
        <xs:restriction base="Name"><xs:maxLength value="41"/></xs:restriction>
      </xs:simpleType>

      <!-- Lengths count characters, not the references they are written with. -->
      <xs:simpleType name="Text">
        <xs:restriction base="xs:string"><xs:minLength value="1"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Text11">
        <xs:restriction base="Text"><xs:maxLength value="11"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Text21">
        <xs:restriction base="Text"><xs:maxLength value="21"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Text25">
        <xs:restriction base="Text"><xs:maxLength value="25"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Text41">
        <xs:restriction base="Text"><xs:maxLength value="41"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Text50">
        <xs:restriction base="Text"><xs:maxLength value="50"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Text99">
        <xs:restriction base="Text"><xs:maxLength value="99"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Text209">
        <xs:restriction base="Text"><xs:maxLength value="209"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Text1023">
        <xs:restriction base="Text"><xs:maxLength value="1023"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Text4095">
        <xs:restriction base="Text"><xs:maxLength value="4095"/></xs:restriction>
      </xs:simpleType>

      <xs:complexType name="Ref3">
        <xs:sequence>
          <xs:element name="FullName">
            <xs:simpleType>
              <xs:restriction base="Text"><xs:maxLength value="3"/></xs:restriction>
            </xs:simpleType>
          </xs:element>
        </xs:sequence>
      </xs:complexType>
      <xs:complexType name="Ref31">
        <xs:sequence>
          <xs:element name="FullName">
            <xs:simpleType>
              <xs:restriction base="Text"><xs:maxLength value="31"/></xs:restriction>
            </xs:simpleType>
          </xs:element>
        </xs:sequence>
      </xs:complexType>
      <xs:complexType name="Ref159">
        <xs:sequence>
          <xs:element name="FullName">
            <xs:simpleType>
              <xs:restriction base="Text"><xs:maxLength value="159"/></xs:restriction>
            </xs:simpleType>
          </xs:element>
        </xs:sequence>
      </xs:complexType>
      <xs:complexType name="Ref209">
        <xs:sequence>
          <xs:element name="FullName">
            <xs:simpleType>
              <xs:restriction base="Text"><xs:maxLength value="209"/></xs:restriction>
            </xs:simpleType>
          </xs:element>
        </xs:sequence>
      </xs:complexType>
    </xs:schema>

    """#
}
